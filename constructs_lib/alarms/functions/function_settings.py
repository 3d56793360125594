"""Which alarms a function has, and with which thresholds: one typed field for each row of the table."""

from dataclasses import dataclass

from constructs_lib.alarms.table.settings import (
    BY_PROFILE,
    AlarmSetSettings,
    AlarmSettings,
    ByProfile,
    RateAlarmSettings,
)

__all__ = ["FunctionAlarmSettings"]


@dataclass(frozen=True, kw_only=True)
class FunctionAlarmSettings(AlarmSetSettings):
    """The alarms of one function. A field left out keeps its defaults; None switches that alarm off.

    The defaults stand in `LAMBDA_ALARMS`; what each alarm means stands there, too.
    """

    errors: AlarmSettings | ByProfile | None = BY_PROFILE
    error_rate: RateAlarmSettings | ByProfile | None = BY_PROFILE
    throttles: AlarmSettings | ByProfile | None = BY_PROFILE
    duration: AlarmSettings | ByProfile | None = BY_PROFILE
    concurrency: AlarmSettings | ByProfile | None = BY_PROFILE
    spillover: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letter_depth: AlarmSettings | ByProfile | None = BY_PROFILE
    destination_delivery_failures: AlarmSettings | ByProfile | None = BY_PROFILE
    async_events_dropped: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letter_errors: AlarmSettings | ByProfile | None = BY_PROFILE
    async_event_age: AlarmSettings | ByProfile | None = BY_PROFILE
    recursive_invocations_dropped: AlarmSettings | ByProfile | None = BY_PROFILE
    provisioned_utilization: AlarmSettings | ByProfile | None = BY_PROFILE
    timeouts: AlarmSettings | ByProfile | None = BY_PROFILE
    out_of_memory: AlarmSettings | ByProfile | None = BY_PROFILE
    memory_used: AlarmSettings | ByProfile | None = BY_PROFILE
    cold_start_rate: RateAlarmSettings | ByProfile | None = BY_PROFILE
