"""Alarms that ring, and the route they take to people."""

from constructs_lib.alarms.combined.combined_alarm import CombinedAlarm, Suppressor
from constructs_lib.alarms.combined.maintenance_window import MaintenanceWindow
from constructs_lib.alarms.functions.function_alarms import FunctionAlarms
from constructs_lib.alarms.functions.function_rows import LAMBDA_ALARMS
from constructs_lib.alarms.functions.function_settings import FunctionAlarmSettings
from constructs_lib.alarms.functions.function_subject import FunctionSubject, function_subject
from constructs_lib.alarms.own.anomaly_alarm import AnomalyAlarm
from constructs_lib.alarms.own.fleet_alarm import FleetAlarm
from constructs_lib.alarms.own.heartbeat_alarm import HeartbeatAlarm
from constructs_lib.alarms.own.log_alarm import LogAlarm
from constructs_lib.alarms.own.rate_alarm import RateAlarm
from constructs_lib.alarms.own.threshold_alarm import ThresholdAlarm
from constructs_lib.alarms.routing.route import AlarmRoute, SeverityRoute
from constructs_lib.alarms.routing.state_change import StateChange
from constructs_lib.alarms.routing.topic import AlarmTopic
from constructs_lib.alarms.sets.alarm_set import AlarmSet
from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity
from constructs_lib.alarms.table.settings import BY_PROFILE, AlarmSettings, ByProfile, RateAlarmSettings

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
    "HeartbeatAlarm",
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
