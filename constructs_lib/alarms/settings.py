"""Which alarms a function has, and with which thresholds: one typed field for each row of the table."""

from dataclasses import dataclass, fields

from constructs_lib.alarms.definition import AlarmSettings, RateAlarmSettings

__all__ = ["FunctionAlarmSettings"]


@dataclass(frozen=True, kw_only=True)
class FunctionAlarmSettings:
    """The alarms of one function. A field left out keeps its defaults; None switches that alarm off.

    The defaults stand in `LAMBDA_ALARMS`; what each alarm means stands in the attribute of the same name of
    `FunctionAlarms`.
    """

    errors: AlarmSettings | None = AlarmSettings()
    error_rate: RateAlarmSettings | None = RateAlarmSettings()
    throttles: AlarmSettings | None = AlarmSettings()
    duration: AlarmSettings | None = AlarmSettings()
    concurrency: AlarmSettings | None = AlarmSettings()
    spillover: AlarmSettings | None = AlarmSettings()
    dead_letter_depth: AlarmSettings | None = AlarmSettings()
    destination_delivery_failures: AlarmSettings | None = AlarmSettings()
    async_events_dropped: AlarmSettings | None = AlarmSettings()

    @classmethod
    def none(cls) -> "FunctionAlarmSettings":
        """Every alarm switched off."""
        return cls(**{field.name: None for field in fields(cls)})

    def of(self, name: str) -> AlarmSettings | None:
        """The settings of the alarm `name`; None when it is switched off."""
        settings: AlarmSettings | None = getattr(self, name)
        return settings
