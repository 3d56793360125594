"""The alarms of each service beside Lambda: a table, what it watches, its settings and its construct."""

from constructs_lib.alarms.services.account import (
    ACCOUNT_ALARMS,
    AccountAlarms,
    AccountAlarmSettings,
    AccountSubject,
)
from constructs_lib.alarms.services.dynamodb_table import (
    TABLE_ALARMS,
    TableAlarms,
    TableAlarmSettings,
    TableSubject,
    table_subject,
)
from constructs_lib.alarms.services.event_rule import (
    RULE_ALARMS,
    RuleAlarms,
    RuleAlarmSettings,
    RuleSubject,
    rule_subject,
)
from constructs_lib.alarms.services.http_api import (
    HTTP_API_ALARMS,
    HttpApiAlarms,
    HttpApiAlarmSettings,
    HttpApiSubject,
    http_api_subject,
)
from constructs_lib.alarms.services.rest_api import (
    REST_API_ALARMS,
    RestApiAlarms,
    RestApiAlarmSettings,
    RestApiSubject,
    rest_api_subject,
)
from constructs_lib.alarms.services.schedule_group import (
    SCHEDULE_GROUP_ALARMS,
    ScheduleGroupAlarms,
    ScheduleGroupAlarmSettings,
    ScheduleGroupSubject,
    schedule_group_subject,
)
from constructs_lib.alarms.services.sns_topic import (
    TOPIC_ALARMS,
    TopicAlarms,
    TopicAlarmSettings,
    TopicSubject,
    topic_subject,
)
from constructs_lib.alarms.services.sqs_queue import (
    QUEUE_ALARMS,
    QueueAlarms,
    QueueAlarmSettings,
    QueueSubject,
    queue_subject,
)
from constructs_lib.alarms.services.state_machine import (
    STATE_MACHINE_ALARMS,
    StateMachineAlarms,
    StateMachineAlarmSettings,
    StateMachineSubject,
    state_machine_subject,
)
from constructs_lib.alarms.services.stream_consumer import (
    STREAM_CONSUMER_ALARMS,
    StreamConsumerAlarms,
    StreamConsumerAlarmSettings,
    StreamConsumerSubject,
    stream_consumer_subject,
)

__all__ = [
    "ACCOUNT_ALARMS",
    "HTTP_API_ALARMS",
    "QUEUE_ALARMS",
    "REST_API_ALARMS",
    "RULE_ALARMS",
    "SCHEDULE_GROUP_ALARMS",
    "STATE_MACHINE_ALARMS",
    "STREAM_CONSUMER_ALARMS",
    "TABLE_ALARMS",
    "TOPIC_ALARMS",
    "AccountAlarmSettings",
    "AccountAlarms",
    "AccountSubject",
    "HttpApiAlarmSettings",
    "HttpApiAlarms",
    "HttpApiSubject",
    "QueueAlarmSettings",
    "QueueAlarms",
    "QueueSubject",
    "RestApiAlarmSettings",
    "RestApiAlarms",
    "RestApiSubject",
    "RuleAlarmSettings",
    "RuleAlarms",
    "RuleSubject",
    "ScheduleGroupAlarmSettings",
    "ScheduleGroupAlarms",
    "ScheduleGroupSubject",
    "StateMachineAlarmSettings",
    "StateMachineAlarms",
    "StateMachineSubject",
    "StreamConsumerAlarmSettings",
    "StreamConsumerAlarms",
    "StreamConsumerSubject",
    "TableAlarmSettings",
    "TableAlarms",
    "TableSubject",
    "TopicAlarmSettings",
    "TopicAlarms",
    "TopicSubject",
    "http_api_subject",
    "queue_subject",
    "rest_api_subject",
    "rule_subject",
    "schedule_group_subject",
    "state_machine_subject",
    "stream_consumer_subject",
    "table_subject",
    "topic_subject",
]
