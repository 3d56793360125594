"""The settings of the local cloud, each read from one environment variable, so that they reach the server process."""

import os
from dataclasses import dataclass

LOCATIONS = "LOCAL_CLOUD_LOCATIONS"
CERTIFICATE_AUTHORITY = "certificate-authority.pem"
"""The file in the state directory that clients verify the gateways' certificates with."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How fast the clocks run that nobody wants to wait for."""

    retry_delay: float
    """Seconds before the first retry of a failed asynchronous invocation; the second retry waits twice as long.
    Lambda waits one minute, then two."""
    tick: float
    """Seconds between two looks at alarms and queue depths. CloudWatch looks once a minute."""
    scheduler_tick: float
    """Seconds between two looks at schedules."""
    suppression_speed: float
    """How many seconds of the wait and extension periods of a composite alarm's suppressor pass in one."""
    health_check_speed: float
    """How many seconds of a health check's request interval pass in one; what a probe may last stays as it is."""
    replication_lag: float
    """Seconds until a write to a global table with eventual consistency arrives in another Region."""
    recovery_lag: float
    """Seconds that the latest moment that a table can be restored to lies back. In DynamoDB it is typically five
    minutes."""
    restore_seconds: float
    """Seconds until a restored table can be used."""
    export_seconds: float
    """Seconds until an export to S3 has ended."""
    shortest_export_window: float
    """Seconds that an incremental export must span at least. In DynamoDB it is a quarter of an hour."""
    wait_scale: float
    """How long Step Functions waits for one second that a workflow says, in seconds."""
    locations: str
    """Places of clients beside the Regions, as a JSON object: their names, and what `places.Place` says of each."""

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(
            retry_delay=float(os.environ.get("LOCAL_CLOUD_RETRY_DELAY", "1")),
            tick=float(os.environ.get("LOCAL_CLOUD_TICK", "1")),
            scheduler_tick=float(os.environ.get("LOCAL_CLOUD_SCHEDULER_TICK", "2")),
            suppression_speed=float(os.environ.get("LOCAL_CLOUD_SUPPRESSION_SPEED", "1")),
            health_check_speed=float(os.environ.get("LOCAL_CLOUD_HEALTH_CHECK_SPEED", "1")),
            replication_lag=float(os.environ.get("LOCAL_CLOUD_REPLICATION_LAG", "0")),
            recovery_lag=float(os.environ.get("LOCAL_CLOUD_RECOVERY_LAG", "1")),
            restore_seconds=float(os.environ.get("LOCAL_CLOUD_RESTORE_SECONDS", "1")),
            export_seconds=float(os.environ.get("LOCAL_CLOUD_EXPORT_SECONDS", "1")),
            shortest_export_window=float(os.environ.get("LOCAL_CLOUD_SHORTEST_EXPORT_WINDOW", "900")),
            wait_scale=float(os.environ.get("LOCAL_CLOUD_WAIT_SCALE", "1")),
            locations=os.environ.get(LOCATIONS, ""),
        )
