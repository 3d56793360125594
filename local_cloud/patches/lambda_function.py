"""Which function, qualifier and version an execution record stands for."""

from dataclasses import dataclass
from typing import Any

from local_cloud.hooks import internal

LATEST = "$LATEST"


@dataclass(frozen=True)
class Invoked:
    """What was invoked: the function, the qualifier it was invoked by ("" for none) and the version that runs."""

    name: str
    qualifier: str
    version: str
    arn: str

    @classmethod
    def of(cls, record: dict[str, Any]) -> "Invoked":
        config = record.get("config") or record
        parts = config["FunctionArn"].split(":")
        qualifier = ":".join(parts[7:])
        version = config.get("Version", LATEST)
        return cls(config["FunctionName"], qualifier, version, ":".join(parts[:7]))

    @property
    def through_alias(self) -> bool:
        return bool(self.qualifier) and self.qualifier not in (LATEST, self.version)

    @property
    def qualified_arn(self) -> str:
        return f"{self.arn}:{self.qualifier or LATEST}"


def function_record(name: str) -> dict[str, Any]:
    """What MiniStack stores of a function in the current scope: its configuration, versions, aliases and settings."""
    return dict(internal("services.lambda_svc._functions").get(name) or {})


def keep_qualifier() -> Any:
    """For `_effective_func_record_for_qualifier`: hand out a configuration whose ARN still says how it was invoked.

    MiniStack resolves an alias to its version on the way and forgets the alias; metrics and the settings of
    asynchronous invocation depend on it.
    """

    def build(original: Any) -> Any:
        def resolve(func: dict[str, Any] | None, qualifier: str | None) -> tuple[Any, Any]:
            record, config = original(func, qualifier)
            if func is None or record is None or not qualifier or qualifier not in func.get("aliases", {}):
                return record, config
            config = {**config, "FunctionArn": f"{func['config']['FunctionArn']}:{qualifier}"}
            return {**record, "config": config}, config

        return resolve

    return build
