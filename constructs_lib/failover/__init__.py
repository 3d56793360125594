"""Names that lead away from what is unhealthy: health checks, records that depend on them, and regional endpoints."""

from constructs_lib.failover.active_records import (
    Geolocated,
    GeolocationRecords,
    LatencyRecords,
    Located,
    Weighted,
    WeightedRecords,
)
from constructs_lib.failover.alarm_health_check import HEALTHY_METRIC, AlarmHealthCheck
from constructs_lib.failover.calculated_health_check import CalculatedHealthCheck
from constructs_lib.failover.consistency import Consistency, EventualConsistency, StrongConsistency
from constructs_lib.failover.controller_settings import ControllerSettings
from constructs_lib.failover.endpoint_health_check import CHECKER_REGIONS, EndpointHealthCheck
from constructs_lib.failover.endpoints import AliasEndpoint, Endpoint, ExternalEndpoint
from constructs_lib.failover.failover_controller import CONTROLLER_MODES, FailoverController
from constructs_lib.failover.failover_plan import PLAN_METADATA, FailoverPlan, Replication
from constructs_lib.failover.failover_record import FailoverRecord
from constructs_lib.failover.health_check_metrics import (
    METRICS_REGION,
    HealthCheckAlarms,
    health_check_metric,
)
from constructs_lib.failover.health_route import HealthRoute
from constructs_lib.failover.metric_health_check import MetricHealthCheck
from constructs_lib.failover.multi_region_app import MultiRegionApp
from constructs_lib.failover.plan_steps import PlanStep, WorstCase
from constructs_lib.failover.primary_probe import PRIMARY_ANSWERS_METRIC, PrimaryProbe
from constructs_lib.failover.record_sets import DEFAULT_TTL_SECONDS
from constructs_lib.failover.region_needs import InvokeFunction, ReadTable, RegionNeeds
from constructs_lib.failover.region_scope import RegionalService, RegionScope, StackSettings
from constructs_lib.failover.region_switch_plan import RegionSwitchPlan
from constructs_lib.failover.region_switch_steps import ManualApproval
from constructs_lib.failover.regional_endpoint import RegionalApi, RegionalEndpoint
from constructs_lib.failover.replicated_table import ReplicatedTable
from constructs_lib.failover.replication_alarms import ReplicationAlarms
from constructs_lib.failover.standby import (
    Capacity,
    ColdStandby,
    HotStandby,
    Standby,
    StandbySchedule,
    WarmStandby,
)
from constructs_lib.failover.take_over_health_check import TAKE_OVER_METRIC, TakeOverHealthCheck

__all__ = [
    "CHECKER_REGIONS",
    "CONTROLLER_MODES",
    "DEFAULT_TTL_SECONDS",
    "HEALTHY_METRIC",
    "METRICS_REGION",
    "PLAN_METADATA",
    "PRIMARY_ANSWERS_METRIC",
    "TAKE_OVER_METRIC",
    "AlarmHealthCheck",
    "AliasEndpoint",
    "CalculatedHealthCheck",
    "Capacity",
    "ColdStandby",
    "Consistency",
    "ControllerSettings",
    "Endpoint",
    "EndpointHealthCheck",
    "EventualConsistency",
    "ExternalEndpoint",
    "FailoverController",
    "FailoverPlan",
    "FailoverRecord",
    "Geolocated",
    "GeolocationRecords",
    "HealthCheckAlarms",
    "HealthRoute",
    "HotStandby",
    "InvokeFunction",
    "LatencyRecords",
    "Located",
    "ManualApproval",
    "MetricHealthCheck",
    "MultiRegionApp",
    "PlanStep",
    "PrimaryProbe",
    "ReadTable",
    "RegionNeeds",
    "RegionScope",
    "RegionSwitchPlan",
    "RegionalApi",
    "RegionalEndpoint",
    "RegionalService",
    "ReplicatedTable",
    "Replication",
    "ReplicationAlarms",
    "StackSettings",
    "Standby",
    "StandbySchedule",
    "StrongConsistency",
    "TakeOverHealthCheck",
    "WarmStandby",
    "Weighted",
    "WeightedRecords",
    "WorstCase",
    "health_check_metric",
]
