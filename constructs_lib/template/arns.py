"""The parts of ARNs that are known before a resource has one: who cuts its name out of them gets the name.

CDK does so for the function of an alias: ``Select(6, Split(":", Ref of the alias))``.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.template.model import TemplateError

if TYPE_CHECKING:
    from constructs_lib.template.values import Values

__all__ = ["parts_of"]

_ONE: Final = re.compile(r"\$\{([^${}./]+)\.([^${}/]+)\}")
_FUNCTION: Final = "AWS::Lambda::Function"
_OF_FUNCTION: Final = {"AWS::Lambda::Alias": "AliasArn", "AWS::Lambda::Version": "FunctionArn"}
_FORMS: Final = {
    # Type to the attribute that is its ARN, and that ARN; the last part is the name.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    _FUNCTION: ("Arn", "lambda", "function:"),
    "AWS::SQS::Queue": ("Arn", "sqs", ""),
    "AWS::SNS::Topic": ("TopicArn", "sns", ""),
    "AWS::StepFunctions::StateMachine": ("Arn", "states", "stateMachine:"),
    "AWS::DynamoDB::Table": ("Arn", "dynamodb", "table/"),
}


def parts_of(values: "Values", text: str, separator: str) -> list[str] | None:
    """What ``Fn::Split`` makes of the ARN that the placeholder `text` stands for; None where nobody knows its parts."""
    found = _ONE.fullmatch(text)
    resource = values.resource(found[1]) if found else None
    if found is None or resource is None:
        return None
    if _OF_FUNCTION.get(resource.type) == found[2]:
        function = _function_name(values, resource.properties.get("FunctionName"))
        last = resource.properties.get("Name", f"${{{resource.logical_id}.Version}}")
        return (
            None
            if function is None
            else _split(values, "lambda", separator, f"function:{function}", values.text(last))
        )
    attribute, service, kind = _FORMS.get(resource.type, ("", "", ""))
    if attribute != found[2]:
        return None
    return _split(values, service, separator, f"{kind}{values.name(resource)}")


def _function_name(values: "Values", written: Any) -> str | None:
    """The name of a function that is named by name or by ARN."""
    try:
        text = values.text(written)
    except TemplateError:
        return None
    parts = text.split(":") if text.startswith("arn:") else parts_of(values, text, ":")
    if parts is not None:
        return parts[6] if len(parts) > 6 else None  # noqa: PLR2004 - the place of the name in the ARN of a function
    return None if "." in text or ":" in text else text


def _split(values: "Values", service: str, separator: str, *rest: str) -> list[str] | None:
    place = (values.text({"Ref": f"AWS::{name}"}) for name in ("Partition", "Region", "AccountId"))
    partition, region, account = place
    arn = ["arn", partition, service, region, account, *(part for each in rest for part in each.split(":"))]
    if separator == ":":
        return arn
    if separator == "/" and not any("/" in part for part in arn[:-1]):
        first, slash, name = arn[-1].partition("/")
        return [":".join([*arn[:-1], first]), name] if slash and "/" not in name else None
    return None
