"""Alarms that ring, and the route they take to people."""

from constructs_lib.alarms.alarm_set import AlarmSet
from constructs_lib.alarms.anomaly_alarm import AnomalyAlarm
from constructs_lib.alarms.combined_alarm import CombinedAlarm, Suppressor
from constructs_lib.alarms.definition import (
    BY_PROFILE,
    AlarmDefinition,
    AlarmSettings,
    ByProfile,
    Profile,
    RateAlarmSettings,
    Severity,
)
from constructs_lib.alarms.fleet_alarm import FleetAlarm
from constructs_lib.alarms.function_alarms import FunctionAlarms
from constructs_lib.alarms.function_settings import FunctionAlarmSettings
from constructs_lib.alarms.function_subject import FunctionSubject, function_subject
from constructs_lib.alarms.heartbeat_alarm import Heartbeat
from constructs_lib.alarms.lambda_table import LAMBDA_ALARMS
from constructs_lib.alarms.log_alarm import LogAlarm
from constructs_lib.alarms.maintenance_window import MaintenanceWindow
from constructs_lib.alarms.rate_alarm import RateAlarm
from constructs_lib.alarms.route import AlarmRoute, SeverityRoute
from constructs_lib.alarms.state_change import StateChange
from constructs_lib.alarms.threshold_alarm import ThresholdAlarm
from constructs_lib.alarms.topic import AlarmTopic

__all__ = [
    "BY_PROFILE",
    "LAMBDA_ALARMS",
    "AlarmDefinition",
    "AlarmRoute",
    "AlarmSet",
    "AlarmSettings",
    "AlarmTopic",
    "AnomalyAlarm",
    "ByProfile",
    "CombinedAlarm",
    "FleetAlarm",
    "FunctionAlarmSettings",
    "FunctionAlarms",
    "FunctionSubject",
    "Heartbeat",
    "LogAlarm",
    "MaintenanceWindow",
    "Profile",
    "RateAlarm",
    "RateAlarmSettings",
    "Severity",
    "SeverityRoute",
    "StateChange",
    "Suppressor",
    "ThresholdAlarm",
    "function_subject",
]
