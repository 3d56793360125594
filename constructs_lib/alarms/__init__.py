"""Alarms that ring, and the route they take to people."""

from constructs_lib.alarms.alarm_set import AlarmSet
from constructs_lib.alarms.definition import (
    BY_PROFILE,
    AlarmDefinition,
    AlarmSettings,
    ByProfile,
    Profile,
    RateAlarmSettings,
    Severity,
)
from constructs_lib.alarms.function_alarms import FunctionAlarms
from constructs_lib.alarms.function_settings import FunctionAlarmSettings
from constructs_lib.alarms.function_subject import FunctionSubject, function_subject
from constructs_lib.alarms.lambda_table import LAMBDA_ALARMS
from constructs_lib.alarms.route import AlarmRoute, SeverityRoute
from constructs_lib.alarms.topic import AlarmTopic

__all__ = [
    "BY_PROFILE",
    "LAMBDA_ALARMS",
    "AlarmDefinition",
    "AlarmRoute",
    "AlarmSet",
    "AlarmSettings",
    "AlarmTopic",
    "ByProfile",
    "FunctionAlarmSettings",
    "FunctionAlarms",
    "FunctionSubject",
    "Profile",
    "RateAlarmSettings",
    "Severity",
    "SeverityRoute",
    "function_subject",
]
