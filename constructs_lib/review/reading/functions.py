"""Functions as rules see them: who calls which version of them, and how.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-invocation.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from constructs_lib.review.reading.data import is_known, text_of, texts_in
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["LATEST", "Callee", "Function", "Invocation", "Mode", "callee_of", "function_of", "functions_of"]

LATEST: Final = "$LATEST"
_FUNCTION: Final = "AWS::Lambda::Function"
_ALIAS: Final = "AWS::Lambda::Alias"
_VERSION: Final = "AWS::Lambda::Version"
_URL: Final = "AWS::Lambda::Url"
_NAMED: Final = re.compile(r"\$\{[^${}]+\}(?::(?:\$\{[^${}]+\}|\$?[A-Za-z0-9_-]+))?")
"""A placeholder in a text, and the qualifier behind it."""
_UNQUALIFIED: Final = (_FUNCTION, _ALIAS, _VERSION)
_OF_FUNCTIONS: Final = (_ALIAS, _VERSION, "AWS::Lambda::EventInvokeConfig")

_UNIVERSAL: Final = ":scheduler:::aws-sdk:"
_INPUT: Final = ("Input", "InputTransformer")


class Mode(StrEnum):
    """How a function is called."""

    SYNC = "synchronous"
    ASYNC = "asynchronous"
    POLL = "polled"


_INVOKERS: Final[Mapping[str, tuple[Mode, tuple[str, ...]]]] = {
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
    "AWS::Lambda::EventSourceMapping": (Mode.POLL, ("FunctionName",)),
    "AWS::Pipes::Pipe": (Mode.SYNC, ("Target", "Enrichment")),
    "AWS::Events::Rule": (Mode.ASYNC, ("Targets",)),
    "AWS::Scheduler::Schedule": (Mode.ASYNC, ("Target",)),
    "AWS::SNS::Subscription": (Mode.ASYNC, ("Endpoint",)),
    "AWS::SNS::Topic": (Mode.ASYNC, ("Subscription",)),
    "AWS::S3::Bucket": (Mode.ASYNC, ("NotificationConfiguration",)),
    "AWS::Logs::SubscriptionFilter": (Mode.ASYNC, ("DestinationArn",)),
    "AWS::IoT::TopicRule": (Mode.ASYNC, ("TopicRulePayload",)),
    "AWS::SES::ReceiptRule": (Mode.ASYNC, ("Rule",)),
    "AWS::CodeCommit::Repository": (Mode.ASYNC, ("Triggers",)),
    "AWS::Config::ConfigRule": (Mode.ASYNC, ("Source",)),
    "AWS::CloudWatch::Alarm": (Mode.ASYNC, ("AlarmActions", "OKActions", "InsufficientDataActions")),
    "AWS::CloudWatch::CompositeAlarm": (Mode.ASYNC, ("AlarmActions", "OKActions", "InsufficientDataActions")),
    "AWS::Lambda::EventInvokeConfig": (Mode.ASYNC, ("DestinationConfig",)),
    "AWS::ApiGateway::Method": (Mode.SYNC, ("Integration",)),
    "AWS::ApiGateway::RestApi": (Mode.SYNC, ("Body",)),
    "AWS::ApiGateway::Authorizer": (Mode.SYNC, ("AuthorizerUri",)),
    "AWS::ApiGatewayV2::Api": (Mode.SYNC, ("Body", "Target")),
    "AWS::ApiGatewayV2::Integration": (Mode.SYNC, ("IntegrationUri",)),
    "AWS::ApiGatewayV2::Authorizer": (Mode.SYNC, ("AuthorizerUri",)),
    "AWS::Lambda::Url": (Mode.SYNC, ("TargetFunctionArn",)),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (Mode.SYNC, ("Targets",)),
    "AWS::VpcLattice::TargetGroup": (Mode.SYNC, ("Targets",)),
    "AWS::AppSync::DataSource": (Mode.SYNC, ("LambdaConfig",)),
    "AWS::AppSync::GraphQLApi": (Mode.SYNC, ("LambdaAuthorizerConfig", "AdditionalAuthenticationProviders")),
    "AWS::Cognito::UserPool": (Mode.SYNC, ("LambdaConfig",)),  # but those of _NOT_WAITED_FOR
    "AWS::CloudFront::Distribution": (Mode.SYNC, ("DistributionConfig",)),
    "AWS::StepFunctions::StateMachine": (
        Mode.SYNC,
        ("Definition", "DefinitionString", "DefinitionSubstitutions"),
    ),
    "AWS::KinesisFirehose::DeliveryStream": (Mode.SYNC, ()),
    # https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html
    "AWS::SecretsManager::RotationSchedule": (Mode.SYNC, ("RotationLambdaARN",)),
}
_NOT_WAITED_FOR: Final = ("CustomEmailSender", "CustomSMSSender")
"""What a user pool, which waits for the other functions that it has, calls asynchronously.
https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html"""


@dataclass(frozen=True, kw_only=True)
class Callee:
    """What a name of a function is of.

    Attributes:
        function: the function.
        qualifier: the name of an alias, a version, or ``$LATEST``; None where which is unknown.
        node: the alias or version that is referred to; the function itself otherwise.
    """

    function: Node
    qualifier: str | None
    node: Node


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """Who calls a function.

    Attributes:
        by: the resource that does.
        mode: how.
        callee: what it calls.
    """

    by: Node
    mode: Mode
    callee: Callee


class Function:
    """A function, and what the templates say of it elsewhere."""

    def __init__(self, node: Node, invocations: Sequence[Invocation]) -> None:
        """See `node`, which `invocations` call."""
        self.node = node
        self.invocations = invocations

    @cached_property
    def aliases(self) -> list[Node]:
        """Its aliases."""
        return self._of_it(_ALIAS)

    @cached_property
    def versions(self) -> list[Node]:
        """Its versions."""
        return self._of_it(_VERSION)

    @cached_property
    def async_configs(self) -> Mapping[str | None, Node]:
        """Qualifier to the configuration of asynchronous invocations; None for one whose qualifier is unknown."""
        found: dict[str | None, Node] = {}
        for each in self._of_it("AWS::Lambda::EventInvokeConfig"):
            qualifier = each.value("Qualifier")
            alias = each.stack.find(qualifier, _ALIAS) if isinstance(qualifier, str) else None
            found[_name(alias) if alias else text_of(qualifier)] = each
        return found

    @cached_property
    def role(self) -> Node | None:
        """Its execution role, where that is at hand."""
        return self.node.target("Role", types=("AWS::IAM::Role",))

    @cached_property
    def log_group(self) -> Node | None:
        """Its log group, where that is at hand."""
        named = self.node.target("LoggingConfig", "LogGroup", types=("AWS::Logs::LogGroup",))
        if named or self.node.has("LoggingConfig", "LogGroup"):
            return named
        groups = self.node.stack.whole.referring(("AWS::Logs::LogGroup",), _logging_function)
        return next(iter(groups.get(self.node, ())), None)

    @property
    def called_async(self) -> list[Invocation]:
        """Who calls it without waiting."""
        return [each for each in self.invocations if each.mode is Mode.ASYNC]

    @property
    def polled(self) -> list[Node]:
        """Its event source mappings."""
        return [each.by for each in self.invocations if each.mode is Mode.POLL]

    def provisioned(self) -> list[Node]:
        """Its aliases and versions that have provisioned concurrency."""
        return [
            each
            for each in (*self.aliases, *self.versions)
            if each.has("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
        ]

    def _of_it(self, type_: str) -> list[Node]:
        return [
            each
            for each in self.node.stack.whole.referring(_OF_FUNCTIONS, _its_function).get(self.node, ())
            if each.type == type_
        ]


def callee_of(stack: StackReading, value: Any) -> Callee | None:
    """The function that a text names: by reference to it, its alias or version, by ARN or by name; None for others."""
    if not isinstance(value, str):
        return None
    found = stack.find(value, *_UNQUALIFIED)
    if found is None:
        return None
    if found.type == _FUNCTION:
        return Callee(function=found, qualifier=_qualifier(stack, value), node=found)
    function = found.target("FunctionName", types=(_FUNCTION,))
    return Callee(function=function, qualifier=_name(found), node=found) if function else None


def functions_of(where: StackReading | Reading) -> list[Function]:
    """The functions of a stack, or of all."""
    whole = where if isinstance(where, Reading) else where.whole
    called = _invocations(whole)
    return [Function(each, called.get(each, ())) for each in where.of_type(_FUNCTION)]


def function_of(node: Node) -> Function:
    """What is known of one function."""
    return Function(node, _invocations(node.stack.whole).get(node, ()))


def _invocations(whole: Reading) -> Mapping[Node, Sequence[Invocation]]:
    return whole.once("invocations", _collect)


def _collect(whole: Reading) -> dict[Node, list[Invocation]]:
    found: dict[Node, list[Invocation]] = {}
    for type_, (mode, keys) in _INVOKERS.items():
        for by in whole.of_type(type_):
            places = [_without_input(by.value(key)) for key in keys] if keys else [by.properties]
            # The one invoker that names the version of a function beside it.
            beside = by.value("Qualifier") if type_ == _URL else None
            seen = set()
            for how, text in _texts(places, mode):
                named = f"{text}:{beside}" if isinstance(beside, str) else text
                for callee in _callees(by.stack, named):
                    if (callee.node, callee.qualifier, how) not in seen:
                        seen.add((callee.node, callee.qualifier, how))
                        found.setdefault(callee.function, []).append(
                            Invocation(by=by, mode=how, callee=callee)
                        )
    return found


def _without_input(place: Any) -> Any:
    """The targets of a rule or schedule without what they are handed, unless that names what a universal target calls.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    """
    if isinstance(place, list):
        return [_without_input(each) for each in place]
    if not isinstance(place, Mapping) or _UNIVERSAL in (text_of(place.get("Arn")) or ""):
        return place
    return {key: each for key, each in place.items() if key not in _INPUT} if "Arn" in place else place


def _texts(places: Sequence[Any], mode: Mode) -> Iterator[tuple[Mode, str]]:
    """The texts that may name functions, and how these are called."""
    for place in places:
        later = [place[key] for key in _NOT_WAITED_FOR if key in place] if isinstance(place, Mapping) else []
        rest = {key: each for key, each in place.items() if key not in _NOT_WAITED_FOR} if later else place
        for how, values in ((mode, rest), (Mode.ASYNC, later)):
            yield from ((how, text) for text in texts_in(values))


def _callees(stack: StackReading, text: str) -> list[Callee]:
    """The functions that a text names, whole or inside, as the address of an integration does."""
    if whole := callee_of(stack, text):
        return [whole]
    found = [callee_of(stack, each[0]) for each in _NAMED.finditer(text)] if "${" in text else []
    return [each for each in found if each is not None]


def _qualifier(stack: StackReading, value: str) -> str | None:
    """What stands behind a function's ARN."""
    _, closed, behind = value.rpartition("}")
    if not closed:
        name = value.partition(":function:")[2] if value.startswith("arn:") else value
        _, colon, behind = name.partition(":")
        return behind if colon else LATEST
    if value.endswith("}") and value.count("${") > 1:
        # `${Function}:${Alias}`: which alias depends on what the second stands for.
        alias = stack.find(value.rpartition(":")[2], _ALIAS, _VERSION)
        return _name(alias) if alias else None
    return behind.removeprefix(":") if behind.startswith(":") and is_known(behind) else LATEST


def _name(alias: Node) -> str | None:
    """The qualifier that an alias is; None for a version, whose number is known only at deployment."""
    return alias.text("Name") if alias.type == _ALIAS else None


def _its_function(of_function: Node) -> list[Node | None]:
    called = callee_of(of_function.stack, of_function.value("FunctionName"))
    return [called.function if called else None]


def _logging_function(group: Node) -> list[Node | None]:
    name = group.value("LogGroupName")
    if not isinstance(name, str) or not name.startswith("/aws/lambda/"):
        return []
    called = callee_of(group.stack, name.removeprefix("/aws/lambda/"))
    return [called.function if called else None]
