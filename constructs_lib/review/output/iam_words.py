"""What policies allow, in plain words: `CreateOrder may write to the table Orders`; the actions stand beside them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.review.knowledge.managed_policies import MANAGED_POLICIES
from constructs_lib.review.output.iam_verbs import verb_of, why_wide
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.reading.functions import callee_of, function_of
from constructs_lib.review.reading.statements import Statement, role_statements, statements_of

__all__ = ["Permission", "permissions_of"]

_WHOLE: Final = {"*": "every resource", "${AWS::AccountId}": "this account", "${AWS::Region}": "this Region"}
_WORDS: Final = {
    "AWS::DynamoDB::Table": "table",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::SQS::Queue": "queue",
    "AWS::SNS::Topic": "topic",
    "AWS::S3::Bucket": "bucket",
    "AWS::KMS::Key": "key",
    "AWS::Lambda::Function": "function",
    "AWS::Lambda::Alias": "alias",
    "AWS::Lambda::Version": "version",
    "AWS::StepFunctions::StateMachine": "state machine",
    "AWS::Logs::LogGroup": "log group",
    "AWS::Events::EventBus": "event bus",
    "AWS::IAM::Role": "role",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::Kinesis::Stream": "stream",
    "AWS::ApiGateway::RestApi": "API",
    "AWS::ApiGatewayV2::Api": "API",
}
_POLICIES: Final[Mapping[str, str]] = {
    # Policies of resources: where the resources stand that they are for.
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::S3::BucketPolicy": "Bucket",
}
_SERVICE: Final = re.compile(r"^([a-z0-9.-]+)\.amazonaws\.com(?:\.cn)?$")
_MOST_NAMED: Final = 3


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What somebody may do, or may not.

    Attributes:
        who: a function, another resource with a role, or a service.
        may: ``may``, or ``may not`` for a denial.
        verb: what is done, such as ``write to``.
        what: to which resources.
        actions: the actions that it stands for.
        only: the conditions, in words; empty without any.
        wide: why it is wider than it looks; empty where it is not.
        logical_id: the resource with the policy.
    """

    who: str
    may: str
    verb: str
    what: str
    actions: tuple[str, ...]
    only: str
    wide: str
    logical_id: str

    @property
    def sentence(self) -> str:
        """The whole of it."""
        return f"{self.who} {self.may} {self.verb} {self.what}{f', if {self.only}' if self.only else ''}."


def permissions_of(stack: StackReading) -> list[Permission]:
    """What the roles of a stack may do, then who else may do what to its resources; the wide ones of each first."""
    found = [*_of_roles(stack), *_of_resources(stack)]
    return sorted(dict.fromkeys(found), key=lambda each: (not each.wide, each.who))


def _of_roles(stack: StackReading) -> Iterator[Permission]:
    users = _users(stack)
    for role in stack.of_type("AWS::IAM::Role"):
        who = ", ".join(users.get(role, ())) or f"role {role.path}"
        known = role_statements(role)
        for statement in known.statements:
            yield from _permissions(who, statement, statement.resources, role.id)
        for arn in known.managed:
            name = arn.rpartition("/")[2]
            yield Permission(
                who=who,
                may="may",
                verb="do",
                what=f"what the managed policy {name} allows",
                actions=MANAGED_POLICIES.get(name, ()),
                only="",
                wide="it is the administrator's policy" if name == "AdministratorAccess" else "",
                logical_id=role.id,
            )


def _users(stack: StackReading) -> dict[Node, list[str]]:
    """Roles to the names of those that have them."""
    found: dict[Node, list[str]] = {}
    for node in stack.nodes.values():
        if node.type == "AWS::Lambda::Function":
            role = function_of(node).role
        else:
            places = (("RoleArn",), ("RoleARN",), ("Target", "RoleArn"), ("ServiceRoleArn",), ("IamRoleArn",))
            role = next(
                (each for place in places if (each := node.target(*place, types=("AWS::IAM::Role",)))), None
            )
        if role is not None:
            found.setdefault(role, []).append(node.path)
    return found


def _of_resources(stack: StackReading) -> Iterator[Permission]:
    yield from map(_invocation, stack.of_type("AWS::Lambda::Permission"))
    for type_, place in _POLICIES.items():
        for policy in stack.of_type(type_):
            about = tuple(str(each) for each in policy.items(place))
            for statement in statements_of(policy, policy.value("PolicyDocument")):
                yield from _permissions(_principals(statement), statement, about, policy.id)


def _invocation(permission: Node) -> Permission:
    """A permission to invoke a function: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html."""
    sources = [
        str(each) for key in ("SourceArn", "SourceAccount") if (each := permission.value(key)) is not None
    ]
    principal = str(permission.value("Principal"))
    callee = callee_of(permission.stack, permission.value("FunctionName"))
    return Permission(
        who=_service(principal),
        may="may",
        verb="invoke",
        what=_called(callee.node) if callee else str(permission.value("FunctionName")),
        actions=(str(permission.value("Action")),),
        only=f"it does so for {' and '.join(_named(permission.stack, each) for each in sources)}"
        if sources
        else "",
        wide="" if sources or not _SERVICE.match(principal) else "any account can have the service do it",
        logical_id=permission.id,
    )


def _permissions(
    who: str, statement: Statement, about: Sequence[str], logical_id: str
) -> Iterator[Permission]:
    stack = statement.node.stack
    by_verb: dict[str, list[str]] = {}
    for action in statement.actions:
        verb = "do all but these actions with" if statement.inverted_actions else verb_of(action, statement)
        by_verb.setdefault(verb, []).append(action)
    names = list(dict.fromkeys(_named(stack, each) for each in about))
    what = _listed(names) if names else "itself"
    if statement.inverted_resources:
        what = f"everything but {what}"
    for verb, actions in by_verb.items():
        yield Permission(
            who=who,
            may="may" if statement.allows else "may not",
            verb=verb,
            what=what,
            actions=tuple(actions),
            only=_conditions(stack, statement.conditions),
            wide=why_wide(statement, actions),
            logical_id=logical_id,
        )


def _named(stack: StackReading, text: str) -> str:
    """A resource in words."""
    if text in _WHOLE:
        return _WHOLE[text]
    node = stack.find(text) or next(iter([*stack.mentioned(text)][-1:]), None)
    if node is None:
        return text
    behind = text.rpartition("}")[2].lstrip("/:")
    return f"{_called(node)}{f', {behind}' if behind else ''}"


def _called(node: Node) -> str:
    return f"the {_WORDS.get(node.type, node.type.rpartition('::')[2].lower())} {node.path}"


def _listed(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _principals(statement: Statement) -> str:
    names = [_service(each) for kind in statement.principals.values() for each in kind]
    found = _listed(names) or "nobody"
    return f"everybody but {found}" if statement.inverted_principals else found


def _service(principal: str) -> str:
    if principal == "*":
        return "Anybody"
    service = _SERVICE.match(principal)
    return f"The service {service[1]}" if service else principal


def _conditions(stack: StackReading, conditions: Mapping[str, Any]) -> str:
    """Such as ``aws:SecureTransport is false``."""
    found = []
    for operator, tested in conditions.items():
        for key in tested if isinstance(tested, Mapping) else ():
            value = at(tested, key)
            values = value if isinstance(value, list) else [value]
            found.append(
                f"{key} {_operator(operator)} {_listed([_named(stack, str(each)) for each in values])}"
            )
    return " and ".join(found)


def _operator(operator: str) -> str:
    name = operator.rpartition(":")[2].removesuffix("IfExists")
    return {"Bool": "is", "Null": "is absent:"}.get(name, "is not" if "Not" in name else "is")
