"""Who looks at the state of an alarm, besides its own actions."""

from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.alarms import alarms_of, find_alarm
from constructs_lib.review.reading.data import texts_in
from constructs_lib.review.reading.stack import Reading

__all__ = ["listened_to"]

_READERS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::CloudWatch::CompositeAlarm": ("ActionsSuppressor",),
    "AWS::CodeDeploy::DeploymentGroup": ("AlarmConfiguration", "Alarms"),
    "AWS::Route53::HealthCheck": ("HealthCheckConfig", "AlarmIdentifier"),
    "AWS::AppConfig::Environment": ("Monitors",),
    "AWS::ECS::Service": ("DeploymentConfiguration", "Alarms"),
    "AWS::FIS::ExperimentTemplate": ("StopConditions",),
    "AWS::SageMaker::Endpoint": ("DeploymentConfig",),
}
_STATE_CHANGE: Final = "CloudWatch Alarm State Change"


def listened_to(alarm: Node) -> bool:
    """Whether something at hand looks at an alarm's state: a composite, a deployment, a health check, a rule."""
    whole = alarm.stack.whole
    return whole.once("every-alarm-is-heard", _every) or alarm in whole.once("alarms-looked-at", _looked_at)


def _every(whole: Reading) -> bool:
    """Whether a rule takes the state changes of all alarms."""
    return any(not set(_named(each.stack, each.value("EventPattern"))) for each in _rules(whole))


def _looked_at(whole: Reading) -> set[Node]:
    found = {child for each in alarms_of(whole) for child in each.children()}
    for type_, place in _READERS.items():
        for reader in whole.of_type(type_):
            found.update(_named(reader.stack, reader.value(*place)))
    for each in _rules(whole):
        found.update(_named(each.stack, each.value("EventPattern")))
    return found


def _rules(whole: Reading) -> list[Node]:
    rules = whole.of_type("AWS::Events::Rule")
    return [each for each in rules if _STATE_CHANGE in texts_in(each.value("EventPattern", "detail-type"))]


def _named(stack: StackReading, value: object) -> Iterator[Node]:
    return (found for text in texts_in(value) if (found := find_alarm(stack, text)))
