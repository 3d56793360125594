"""What the stack tells this function through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Settings", "SettingsError"]

# Powertools reads these itself, but would go on under a made-up service name, or fail at the first metric.
_FOR_POWERTOOLS = ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE")


class SettingsError(RuntimeError):
    """The environment lacks something; the function must not take events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The names of what this function uses."""

    manifest_table: str
    queue_url: str
    uploads_bucket: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Settings":
        """Read `environment`.

        Raises:
            SettingsError: variables are missing or empty; the message names them.
        """
        names = ("MANIFEST_TABLE_NAME", "FILES_QUEUE_URL", "UPLOADS_BUCKET_NAME")
        if missing := [name for name in (*names, *_FOR_POWERTOOLS) if not environment.get(name)]:
            raise SettingsError(f"ingest_file cannot start without the environment's {', '.join(missing)}.")
        manifest_table, queue_url, uploads_bucket = (environment[name] for name in names)
        return cls(manifest_table=manifest_table, queue_url=queue_url, uploads_bucket=uploads_bucket)
