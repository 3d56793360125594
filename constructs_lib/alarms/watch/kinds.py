"""What `Watch` can watch: one row for each CloudFormation type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from constructs_lib.alarms.functions.function_alarms import FunctionAlarms
from constructs_lib.alarms.functions.function_settings import FunctionAlarmSettings
from constructs_lib.alarms.services import (
    HttpApiAlarms,
    HttpApiAlarmSettings,
    QueueAlarms,
    QueueAlarmSettings,
    RestApiAlarms,
    RestApiAlarmSettings,
    RuleAlarms,
    RuleAlarmSettings,
    ScheduleGroupAlarms,
    ScheduleGroupAlarmSettings,
    StateMachineAlarms,
    StateMachineAlarmSettings,
    StreamConsumerAlarms,
    StreamConsumerAlarmSettings,
    TableAlarms,
    TableAlarmSettings,
    TopicAlarms,
    TopicAlarmSettings,
)
from constructs_lib.alarms.services.dynamodb_table import table_rows
from constructs_lib.alarms.sets.alarm_set import AlarmSet, chosen_rows
from constructs_lib.alarms.table.definition import AlarmDefinition
from constructs_lib.alarms.table.settings import AlarmSetSettings
from constructs_lib.alarms.watch.facts import Facts
from constructs_lib.alarms.watch.function_facts import function_facts, stream_facts
from constructs_lib.alarms.watch.relations import Relations
from constructs_lib.alarms.watch.service_facts import (
    http_api_facts,
    queue_facts,
    rest_api_facts,
    rule_facts,
    schedule_group_facts,
    state_machine_facts,
    table_facts,
    topic_facts,
)
from constructs_lib.alarms.watch.tree import FUNCTION, QUEUE, Resource
from constructs_lib.checks import Check

__all__ = ["KINDS", "MAPPING", "TOPIC", "Kind"]

MAPPING = "AWS::Lambda::EventSourceMapping"
TOPIC = "AWS::SNS::Topic"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How resources of a type are watched.

    Attributes:
        resource_type: the CloudFormation type.
        alarms: their alarms.
        settings: what can be set about these.
        facts: what there is to watch about one; None where it is not what `alarms` are for.
        dimensions: the dimensions that carry its name.
        choose: the rows of `alarms` that are switched on and apply to a subject.
    """

    resource_type: str
    alarms: type[AlarmSet]
    settings: type[AlarmSetSettings]
    facts: Callable[[Resource, Relations], Facts | None]
    dimensions: tuple[str, ...] = ()
    choose: Callable[..., list[AlarmDefinition]] | None = None

    def rows(self, check: Check, subject: object, settings: AlarmSetSettings) -> list[AlarmDefinition]:
        """The alarms of `subject` with `settings`, once checked."""
        if self.choose is not None:
            return self.choose(check, subject, settings, None)
        return chosen_rows(check, self.alarms.TABLE, subject, settings, None)

    @property
    def word(self) -> str:
        """What it is, for people."""
        return self.alarms.SUBJECT


_ROWS = (
    Kind(
        resource_type=FUNCTION,
        alarms=FunctionAlarms,
        settings=FunctionAlarmSettings,
        facts=function_facts,
        dimensions=("FunctionName",),
    ),
    Kind(
        resource_type=MAPPING,
        alarms=StreamConsumerAlarms,
        settings=StreamConsumerAlarmSettings,
        facts=stream_facts,
    ),
    Kind(
        resource_type=QUEUE,
        alarms=QueueAlarms,
        settings=QueueAlarmSettings,
        facts=queue_facts,
        dimensions=("QueueName",),
    ),
    *(
        Kind(
            resource_type=f"AWS::DynamoDB::{name}",
            alarms=TableAlarms,
            settings=TableAlarmSettings,
            facts=table_facts,
            dimensions=("TableName",),
            choose=table_rows,
        )
        for name in ("Table", "GlobalTable")
    ),
    Kind(
        resource_type="AWS::ApiGatewayV2::Api",
        alarms=HttpApiAlarms,
        settings=HttpApiAlarmSettings,
        facts=http_api_facts,
    ),
    Kind(
        resource_type="AWS::ApiGateway::RestApi",
        alarms=RestApiAlarms,
        settings=RestApiAlarmSettings,
        facts=rest_api_facts,
        dimensions=("ApiName",),
    ),
    Kind(
        resource_type="AWS::StepFunctions::StateMachine",
        alarms=StateMachineAlarms,
        settings=StateMachineAlarmSettings,
        facts=state_machine_facts,
        dimensions=("StateMachineArn",),
    ),
    Kind(
        resource_type="AWS::Events::Rule",
        alarms=RuleAlarms,
        settings=RuleAlarmSettings,
        facts=rule_facts,
        dimensions=("RuleName",),
    ),
    Kind(
        resource_type=TOPIC,
        alarms=TopicAlarms,
        settings=TopicAlarmSettings,
        facts=topic_facts,
        dimensions=("TopicName",),
    ),
    Kind(
        resource_type="AWS::Scheduler::ScheduleGroup",
        alarms=ScheduleGroupAlarms,
        settings=ScheduleGroupAlarmSettings,
        facts=schedule_group_facts,
        dimensions=("ScheduleGroup",),
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.resource_type: kind for kind in _ROWS})
"""CloudFormation type to how it is watched."""
