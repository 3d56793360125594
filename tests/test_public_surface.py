"""What an application may import, and that all of it is described."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import constructs_lib
from tests.synthesis import ROOT

SURFACE = {
    "alarms": {
        "ThresholdAlarm",
        "RateAlarm",
        "MaintenanceWindow",
        "LogAlarm",
        "HeartbeatAlarm",
        "FleetAlarm",
        "Suppressor",
        "CombinedAlarm",
        "AnomalyAlarm",
        "LAMBDA_ALARMS",
        "BY_PROFILE",
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
        "StateChange",
        "function_subject",
    },
    "backup": {
        "ADVANCED_FEATURES_WARNING",
        "BACKUP_NAMESPACE",
        "MOST_TABLES",
        "BackupCopy",
        "BackupLifecycle",
        "BackupPlan",
        "BackupRule",
        "ComplianceLock",
        "ExistingVault",
        "GovernanceLock",
        "NewVault",
        "MOST_TESTED_TABLES",
        "PointInTimeRecovery",
        "ExportLifecycle",
        "PointInTimeView",
        "TableExport",
        "RestoreTest",
        "UnchangedItems",
        "RestoreTesting",
        "Retention",
        "ScheduledBackup",
        "TaggedTables",
    },
    "bundling": {"DEFAULT_EXCLUDE", "PythonCode", "Target"},
    "checks": {"Check", "ConfigurationError", "acknowledge", "is_token"},
    "dashboards": {
        "LOG_QUERIES",
        "AnyAlarm",
        "Graph",
        "HttpApiSegment",
        "LambdaSegment",
        "Line",
        "LogPanel",
        "LogQuery",
        "NamedAlarms",
        "QueueSegment",
        "Rate",
        "RestApiSegment",
        "SavedQueries",
        "Section",
        "Segment",
        "ServiceDashboard",
        "Source",
        "TableSegment",
        "WorkflowSegment",
    },
    "dead_letter_queue": {"DeadLetterQueue"},
    "dead_letters": {
        "BusSource",
        "DeadLetterQueue",
        "DeadLetters",
        "FifoOptions",
        "QueueSource",
        "Redrive",
        "RedriveSettings",
        "RedrivenQueue",
        "S3EventType",
        "S3Source",
        "ScheduleHeartbeat",
        "ScheduleSource",
        "StreamSource",
        "TopicSource",
        "WrittenBy",
        "add_dead_letters",
    },
    "known_patterns": {"acknowledge_patterns"},
    "toolkit": {"ToolkitLayer"},
    "workflow": {"LAMBDA_TRANSIENT_ERRORS", "Parallel", "Retries", "Saga", "Step"},
    "failover": {
        "Consistency",
        "EventualConsistency",
        "StrongConsistency",
        "PrimaryProbe",
        "PRIMARY_ANSWERS_METRIC",
        "ReplicatedTable",
        "ReplicationAlarms",
        "RegionSwitchPlan",
        "ManualApproval",
        "MultiRegionApp",
        "RegionScope",
        "RegionalService",
        "StackSettings",
        "InvokeFunction",
        "AlarmHealthCheck",
        "AliasEndpoint",
        "CHECKER_REGIONS",
        "CalculatedHealthCheck",
        "DEFAULT_TTL_SECONDS",
        "Endpoint",
        "Capacity",
        "ColdStandby",
        "CONTROLLER_MODES",
        "ControllerSettings",
        "FailoverController",
        "FailoverPlan",
        "HotStandby",
        "PLAN_METADATA",
        "PlanStep",
        "Replication",
        "Standby",
        "StandbySchedule",
        "WarmStandby",
        "WorstCase",
        "EndpointHealthCheck",
        "ExternalEndpoint",
        "FailoverRecord",
        "Geolocated",
        "GeolocationRecords",
        "HEALTHY_METRIC",
        "HealthCheckAlarms",
        "HealthRoute",
        "LatencyRecords",
        "Located",
        "METRICS_REGION",
        "MetricHealthCheck",
        "ReadTable",
        "RegionNeeds",
        "RegionalApi",
        "RegionalEndpoint",
        "TAKE_OVER_METRIC",
        "TakeOverHealthCheck",
        "Weighted",
        "WeightedRecords",
        "health_check_metric",
    },
    "function": {
        "DEFAULT_MEMORY_SIZE",
        "DEFAULT_TIMEOUT_SECONDS",
        "LIVE_ALIAS",
        "WARM_UP_EVENT",
        "FixedProvisionedConcurrency",
        "FunctionLogs",
        "FunctionOptions",
        "HardenedFunction",
        "ProvisionedConcurrency",
        "SafeDeployment",
        "ScheduledCapacity",
        "WarmUp",
        "WarmUpSchedule",
        "add_provisioned_concurrency",
        "add_safe_deployment",
    },
    "handlers": {"handler_folder"},
    "naming": {"deployed_name"},
    "replay": {
        "Advice",
        "AlarmAdvice",
        "Incidents",
        "NotAdvised",
        "advise",
        "Counter",
        "DeadLetterDrip",
        "DeadLetterQueue",
        "DynamoDbTable",
        "ErrorBurst",
        "FLAT",
        "Gauge",
        "HttpApi",
        "Incident",
        "LambdaFunction",
        "Latency",
        "LatencyStep",
        "Mark",
        "MetricSeries",
        "RegionOutage",
        "RestApi",
        "Season",
        "Shape",
        "Silence",
        "SqsQueue",
        "StalledConsumer",
        "Step",
        "Target",
        "ThrottleStorm",
        "Timeline",
        "TimelineError",
        "Timer",
        "TrafficSpike",
        "flapping",
        "normal_traffic",
        "read_timeline",
        "slow_ramp",
        "write_timeline",
        "Detection",
        "NoSuchAlarmError",
        "Report",
        "StackReport",
        "Verdict",
        "evaluate",
        "replay",
    },
    "template": {
        "Assembly",
        "NamePatterns",
        "Resource",
        "Template",
        "TemplateError",
        "Values",
        "linked_values",
        "read_assembly",
        "template_of",
    },
    "review": {
        "RULES",
        "Account",
        "Acknowledgement",
        "Caught",
        "Change",
        "Cost",
        "CostLine",
        "Coverage",
        "FailureMode",
        "Finding",
        "Prices",
        "Review",
        "Severity",
        "TemplateReview",
        "Traffic",
        "UnusableError",
        "compare",
        "cost_of",
        "read_acknowledgements",
        "review",
    },
    "review_plugin": {"ReviewPlugin"},
    "heartbeat": {"AgeHeartbeat"},
    "resilient_function": {"ProtectedFunction", "ResilientFunction"},
    "schedules": {
        "Cron",
        "Gap",
        "UnknownExpressionError",
        "largest_gap",
        "largest_gap_of",
        "shortest_gap",
    },
    "sharing": {"SharedInStack"},
}


def room(name: str) -> ModuleType:
    return importlib.import_module(f"constructs_lib.{name}")


def test_the_rooms_are_these() -> None:
    found = {module.name for module in pkgutil.iter_modules(constructs_lib.__path__)}

    assert found - {"_lambda_src"} == SURFACE.keys()


@pytest.mark.parametrize("name", SURFACE)
def test_a_room_offers_these_names_sorted_and_no_others(name: str) -> None:
    offered = room(name).__all__

    assert set(offered) == SURFACE[name]
    assert len(offered) == len(SURFACE[name])
    for each in offered:
        assert hasattr(room(name), each)


@pytest.mark.parametrize("name", SURFACE)
def test_a_room_says_in_one_sentence_what_it_is_for(name: str) -> None:
    first_line, *_ = (room(name).__doc__ or "").strip().splitlines()

    assert first_line.endswith(".")


@pytest.mark.parametrize("name", SURFACE)
def test_whatever_a_room_offers_is_described(name: str) -> None:
    undescribed = []
    for each in SURFACE[name]:
        thing = getattr(room(name), each)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        undescribed += [] if _described(thing) else [each]
        undescribed += [
            f"{each}.{member}"
            for member, value in vars(thing).items()
            if not member.startswith("_") and _is_code(value) and not _described(value)
        ]

    assert undescribed == []


def test_the_package_names_every_room() -> None:
    for name in SURFACE:
        assert f"``{name}``" in str(constructs_lib.__doc__)


def test_importing_the_package_imports_no_cdk() -> None:
    check = "import sys, constructs_lib; sys.exit('aws_cdk' in sys.modules or 'jsii' in sys.modules)"

    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)


def _is_code(value: object) -> bool:
    return inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod)


def _described(thing: object) -> bool:
    # A dataclass without a docstring gets its signature as one.
    text = inspect.getdoc(thing) or ""
    return bool(text) and not text.startswith(f"{getattr(thing, '__name__', '')}(")
