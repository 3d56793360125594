"""An execution environment of a handler: a fresh import under an environment of its own."""

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple
from uuid import uuid4

import pytest
from aws_lambda_powertools.metrics.provider import cold_start

from tests.lambda_src.events import Context, JsonObject


class Answer(NamedTuple):
    """An HTTP API answer, its body parsed."""

    status: int
    body: JsonObject
    headers: dict[str, str]


@dataclass(frozen=True)
class Runtime:
    """One loaded handler with its clients."""

    handler: Callable[[JsonObject, Context], JsonObject]
    wiring: ModuleType
    stdout: io.StringIO

    def handle(self, event: JsonObject, context: Context | None = None) -> JsonObject:
        """Handle any event."""
        with contextlib.redirect_stdout(self.stdout):
            return self.handler(event, context or Context())

    def http(self, event: JsonObject, context: Context | None = None) -> Answer:
        """Handle an HTTP event."""
        raw = self.handle(event, context)
        status, body, headers = raw["statusCode"], raw["body"], raw["headers"]
        assert isinstance(status, int)
        assert isinstance(body, str)
        assert isinstance(headers, dict)
        assert headers["Content-Type"] == "application/json"
        return Answer(status, json.loads(body), headers)

    def output(self) -> list[JsonObject]:
        """What was printed since the last call; every line is JSON."""
        lines = self.stdout.getvalue().splitlines()
        self.stdout.truncate(0)
        self.stdout.seek(0)
        return [json.loads(line) for line in lines]


def logs(output: list[JsonObject]) -> list[JsonObject]:
    """The log lines of `output`."""
    return [line for line in output if "level" in line]


def metrics(output: list[JsonObject]) -> dict[str, float]:
    """The sum of each metric in the embedded-metric-format lines of `output`."""
    sums: dict[str, float] = {}
    for line in output:
        match line:
            case {"_aws": {"CloudWatchMetrics": [{"Metrics": [*definitions]}]}}:
                for definition in definitions:
                    values = line[definition["Name"]]
                    assert isinstance(values, list)
                    sums[definition["Name"]] = sums.get(definition["Name"], 0) + sum(values)
    return sums


def forget(package: str) -> None:
    """Drop `package` so that the next import runs its initialization again."""
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]


def load(package: str, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """Start an execution environment of `package`."""
    # Powertools keeps one logger for a service and process, bound to the stdout of its first use
    service = {
        "POWERTOOLS_SERVICE_NAME": f"service-{uuid4().hex[:8]}",
        "POWERTOOLS_METRICS_NAMESPACE": "Shop",
    }
    for name, value in ({**service, "POWERTOOLS_LOG_LEVEL": "INFO"} | dict(environment)).items():
        monkeypatch.setenv(name, value)
    forget(package)
    monkeypatch.setattr(cold_start, "is_cold_start", True)
    stdout = io.StringIO()
    with contextlib.redirect_stdout(stdout):
        handler = importlib.import_module(f"{package}.handler").handler
    return Runtime(handler, sys.modules[f"{package}.wiring"], stdout)
