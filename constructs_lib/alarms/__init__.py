"""Alarms that ring, and the route they take to people."""

from constructs_lib.alarms.definition import AlarmDefinition, AlarmSettings, RateAlarmSettings, Watches
from constructs_lib.alarms.function_alarms import FunctionAlarms
from constructs_lib.alarms.lambda_table import LAMBDA_ALARMS
from constructs_lib.alarms.route import AlarmRoute, AlarmTopic
from constructs_lib.alarms.settings import FunctionAlarmSettings
from constructs_lib.alarms.subject import AlarmSubject, function_subject

__all__ = [
    "LAMBDA_ALARMS",
    "AlarmDefinition",
    "AlarmRoute",
    "AlarmSettings",
    "AlarmSubject",
    "AlarmTopic",
    "FunctionAlarmSettings",
    "FunctionAlarms",
    "RateAlarmSettings",
    "Watches",
    "function_subject",
]
