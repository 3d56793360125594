"""Whether the policy of a topic, a queue or a key lets a service do something: yes, no, or nobody knows yet.

A no is certain; where anything about a statement may be otherwise at deployment there is none.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from constructs_lib.review.reading.data import is_known, items_of
from constructs_lib.review.reading.deliveries import Delivery, source_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.statements import Statement, statements_of

__all__ = ["covers", "document_statements", "is_service", "permits", "trusts"]

_EQUALS: Final = re.compile(
    r"^(?:ForAnyValue:)?(?:StringEquals|StringLike|ArnEquals|ArnLike|StringEqualsIgnoreCase)$"
)
_PLACEHOLDER_ONLY: Final = re.compile(r"\$\{[^}]+\}|\{\{resolve:.*")
_ACCOUNTS: Final = ("aws:sourceaccount", "aws:sourceowner")
_SERVICE_IN_ARN: Final = {
    "cloudwatch.amazonaws.com": "cloudwatch",
    "events.amazonaws.com": "events",
    "sns.amazonaws.com": "sns",
    "s3.amazonaws.com": "s3",
}


def document_statements(node: Node, *place: str | int) -> list[Statement] | None:
    """The statements of a policy document of `node`; None where some are known only at deployment."""
    document = node.value(*place)
    if document is None:
        return []
    written = document.get("Statement") if isinstance(document, Mapping) else None
    if written is None or not all(_is_read(each) for each in items_of(written)):
        return None
    return statements_of(node, document)


def _is_read(statement: Any) -> bool:
    """Whether a statement is known to allow or to deny, and all of it is here."""
    return (
        isinstance(statement, Mapping)
        and "Fn::Transform" not in statement
        and is_known(statement.get("Effect"))
    )


def permits(statements: Sequence[Statement], actions: Sequence[str], delivery: Delivery) -> bool | None:
    """Whether the policy of a topic, queue or key lets a service do all of `actions` for a delivery."""
    found = [_permits(statements, action, delivery) for action in actions]
    return False if False in found else None if None in found else True


def _permits(statements: Sequence[Statement], action: str, delivery: Delivery) -> bool | None:
    about = [each for each in statements if each.is_about(action) and _is_for(each, delivery.service)]
    about = [each for each in about if each.node.type.startswith("AWS::KMS::") or covers(each, delivery.to)]
    if any(not each.allows and not each.conditions for each in about):
        return False
    if any(each.allows and _can_hold(each.conditions, delivery) for each in about):
        return True
    return False if all(map(_is_whole, statements)) else None


def trusts(role: Node, service: str) -> bool | None:
    """Whether an AWS service may assume a role."""
    statements = document_statements(role, "AssumeRolePolicyDocument")
    if statements is None:
        return None
    if any(each.allows and each.is_about("sts:AssumeRole") and _is_for(each, service) for each in statements):
        return True
    return False if all(map(_is_whole, statements)) else None


def _is_for(statement: Statement, service: str) -> bool:
    """Whether a statement is for a service, by its name with or without a Region."""
    if statement.is_for(service):
        return True
    named = statement.principals.get("Service", ())
    return not statement.inverted_principals and any(is_service(each, service) for each in named)


def is_service(name: str, service: str) -> bool:
    """Whether a principal is a service's: ``logs.eu-west-1.amazonaws.com`` is ``logs.amazonaws.com``'s."""
    head = service.removesuffix(".amazonaws.com")
    rest = name.removeprefix(f"{head}.")
    return name in ("*", service) or (
        rest != name and re.fullmatch(r"(?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?", rest) is not None
    )


def covers(statement: Statement, target: Node) -> bool:
    """Whether a statement may be about a resource; a certain no only where it names others."""
    found = any(_may_name(statement, each, target) for each in statement.resources)
    return found or statement.inverted_resources or not statement.resources


def _may_name(statement: Statement, resource: str, target: Node) -> bool:
    named = statement.node.stack.find(resource)
    if named is not None and named.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        named = named.target("FunctionName", types=("AWS::Lambda::Function",))
    if named is None or named is target or named.tells_of_others:
        return not _is_of_another_service(resource, target)
    return False


def _is_of_another_service(resource: str, target: Node) -> bool:
    parts = resource.split(":")
    service = _ARN_SERVICES.get(target.type)
    return (
        service is not None
        and resource.startswith("arn:")
        and len(parts) > 2  # noqa: PLR2004 - the service is the third part of an ARN
        and is_known(parts[2])
        and not fnmatchcase(service, parts[2])
    )


_ARN_SERVICES: Final = {
    "AWS::SNS::Topic": "sns",
    "AWS::SQS::Queue": "sqs",
    "AWS::Lambda::Function": "lambda",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::StepFunctions::StateMachine": "states",
    "AWS::Events::EventBus": "events",
    "AWS::S3::Bucket": "s3",
    "AWS::KMS::Key": "kms",
}


def _is_whole(statement: Statement) -> bool:
    """Whether nothing about whom the statement allows what is known only at deployment."""
    named = [*statement.principals.get("Service", ()), *statement.principals.get("*", ())]
    anybody = any(_may_be_everybody(statement, each) for each in statement.principals.get("AWS", ()))
    return not statement.allows or (is_known([*statement.actions, *named]) and not anybody)


def _may_be_everybody(statement: Statement, name: str) -> bool:
    """Whether a principal that is known only at deployment may be ``*``: an account or a role is not."""
    if not _PLACEHOLDER_ONLY.fullmatch(name) or name.startswith("${AWS::"):
        return False
    named = statement.node.stack.find(name)
    return named is None or named.tells_of_others


def _can_hold(conditions: Mapping[str, Any], delivery: Delivery) -> bool:
    for operator, tested in conditions.items():
        if not _EQUALS.match(operator) or not isinstance(tested, Mapping):
            continue
        for key, wanted in tested.items():
            values = [each for each in items_of(wanted) if isinstance(each, str)]
            if (
                key.lower() in _ACCOUNTS
                and values
                and not any(_may_be_account(each, delivery) for each in values)
            ):
                return False
            if (
                key.lower() == "aws:sourcearn"
                and values
                and not any(_may_be_source(each, delivery) for each in values)
            ):
                return False
    return True


def _may_be_account(value: str, delivery: Delivery) -> bool:
    account = delivery.by.stack.template.account
    return account is None or not is_known(value) or fnmatchcase(account, value)


def _may_be_source(value: str, delivery: Delivery) -> bool:
    source = source_of(delivery.by)
    named = delivery.to.stack.find(value) or delivery.by.stack.find(value)
    if named is not None and source is not None:
        return named is source
    parts = value.split(":")
    service = _SERVICE_IN_ARN.get(delivery.service)
    if service is None or not value.startswith("arn:") or len(parts) < 3 or not is_known(parts[2]):  # noqa: PLR2004 - as above
        return True
    return fnmatchcase(service, parts[2])
