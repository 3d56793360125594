"""What a resource policy of a template lets an AWS service do."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Resources = dict[str, Any]
Statement = dict[str, Any]

_OWN_ACCOUNT = "${AWS::AccountId}"


def flat(value: Any) -> str:
    """A value of a template as one text, in which ``${Name}`` and ``${Name.Attribute}`` stand for references."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(flat(part) for part in parts)
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::Sub": [text, own]}:
            for name, inner in own.items():
                text = text.replace(f"${{{name}}}", flat(inner))
            return str(text)
    return str(value)


def as_deployed(document: Statement) -> str:
    """A policy as IAM counts it: without white space, with the longest values in the place of references."""
    arns = {"Resource", "NotResource"}
    statements = [
        {part: list(map(flat, listed(value))) if part in arns else value for part, value in each.items()}
        for each in document["Statement"]
    ]
    text = json.dumps({**document, "Statement": statements}, separators=(",", ":"))
    longest = {
        "${AWS::Partition}": "aws-us-gov",
        "${AWS::Region}": "ap-southeast-2",
        "${AWS::AccountId}": "111122223333",
        "${AWS::StackName}": "s" * 128,
    }
    for name, value in longest.items():
        text = text.replace(name, value)
    return text


def listed(value: Any) -> list[Any]:
    """`value`, as the list that it stands for."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Caller:
    """A service that acts for a resource.

    Attributes:
        service: its principal.
        arns: the ARN of the resource that it acts for, as `flat` has it, in each way to write it.
        account: the account, where the template names one.
    """

    service: str
    arns: tuple[str, ...]
    account: str | None = None

    @classmethod
    def of(cls, service: str, arn: str, kind: str, account: str | None) -> "Caller":
        """A caller whose resource is `arn`; patterns such as ``arn:aws:sns:*:*:*`` match `kind`, such as ``sns``."""
        separator = {"cloudwatch": ":alarm:", "events": ":rule/"}.get(kind, ":")
        return cls(
            service, (arn, f"arn:aws:{kind}:${{AWS::Region}}:{_OWN_ACCOUNT}{separator}its-name"), account
        )


def allowed(
    statements: Sequence[Statement], caller: Caller, action: str, resource: Sequence[str] = ("*",)
) -> bool:
    """Whether `statements` let `caller` do `action` on what `resource` names, and none forbids it."""
    return any(
        statement["Effect"] == "Allow" and _applies(statement, caller, action, resource) is True
        for statement in statements
    ) and not any(
        statement["Effect"] == "Deny" and _applies(statement, caller, action, resource) is not False
        for statement in statements
    )


def statements_of(resources: Resources, kind: str, owner: str, target: str) -> Iterator[list[Statement]]:
    """The statements of each policy resource of the type `kind` whose property `owner` names `target`."""
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == kind and any(
            flat(each) in (f"${{{target}}}", f"${{{target}.Arn}}", f"${{{target}.TopicArn}}")
            for each in listed(properties.get(owner))
        ):
            yield listed(properties["PolicyDocument"]["Statement"])


def _applies(statement: Statement, caller: Caller, action: str, resource: Sequence[str]) -> bool | None:
    """Whether the statement is about this call; None where the template does not tell."""
    checks = [
        _names_action(statement, action),
        _names_principal(statement, caller.service),
        any(flat(each) in ("*", *resource) for each in listed(statement.get("Resource", "*"))),
        *_conditions(statement, caller),
    ]
    if False in checks:
        return False
    return None if None in checks else True


def _names_action(statement: Statement, action: str) -> bool:
    if "NotAction" in statement:
        return not any(fnmatchcase(action.lower(), str(e).lower()) for e in listed(statement["NotAction"]))
    return any(fnmatchcase(action.lower(), str(each).lower()) for each in listed(statement.get("Action")))


def _names_principal(statement: Statement, service: str) -> bool | None:
    principal = statement.get("Principal")
    if isinstance(principal, dict) and service in listed(principal.get("Service")):
        return True
    everybody = principal == "*" or (isinstance(principal, dict) and "*" in listed(principal.get("AWS")))
    # A Deny for everybody hits services too; an Allow for everybody is nothing to rely on.
    return everybody and (True if statement["Effect"] == "Deny" else None) if principal is not None else None


def _conditions(statement: Statement, caller: Caller) -> Iterator[bool | None]:
    for operator, tests in statement.get("Condition", {}).items():
        for key, wanted in tests.items():
            yield _condition(operator, key.lower(), [flat(each) for each in listed(wanted)], caller)


def _condition(operator: str, key: str, wanted: list[str], caller: Caller) -> bool | None:
    if (operator, key) == ("Bool", "aws:securetransport"):
        return "true" in wanted  # services use TLS
    plain = operator.replace("Not", "").removesuffix("IfExists")
    if plain not in ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "StringEqualsIgnoreCase"):
        return None
    values = {
        "aws:sourceaccount": (_OWN_ACCOUNT, *((caller.account,) if caller.account else ())),
        "aws:sourcearn": caller.arns,
    }.get(key)
    if values is None:
        return None
    patterns = [each.replace("${AWS::Partition}", "aws") for each in wanted]
    if caller.account:
        patterns = [each.replace(caller.account, _OWN_ACCOUNT) for each in patterns]
    met = any(fnmatchcase(value, pattern) for value in values for pattern in patterns)
    return met is not ("Not" in operator)
