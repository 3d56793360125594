"""Cold starts and memory are counted, warm-ups are not, and nothing is imported that is not used."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import handler_toolkit
import pytest
import warm_up
from aws_lambda_powertools.metrics.provider.base import reset_cold_start_flag_provider
from handler_toolkit import answers_warm_up, is_warm_up, make_metrics, start_metrics

from constructs_lib.function import WARM_UP_EVENT
from tests.handler_toolkit.contexts import FakeContext

PACKAGE = Path(handler_toolkit.__file__).parent


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Orders")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orders")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    reset_cold_start_flag_provider()  # type: ignore[no-untyped-call]  # Powertools' own


def flushed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return {
        name: value
        for line in capsys.readouterr().out.splitlines()
        for name, value in json.loads(line).items()
    }


def test_the_first_invocation_is_a_cold_start_and_the_second_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @start_metrics(make_metrics())
    def handler(_event: object, _context: object) -> str:
        return "done"

    assert handler({}, FakeContext()) == "done"
    assert flushed(capsys)["ColdStart"] == [1]
    handler({}, FakeContext())
    assert "ColdStart" not in flushed(capsys)


def test_memory_is_counted_beside_what_the_handler_counts(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = make_metrics()

    @start_metrics(metrics)
    def handler(_event: object, _context: object) -> None:
        metrics.add_metric("Orders", "Count", 2)

    handler({}, FakeContext())
    written = flushed(capsys)
    assert written["Orders"] == [2]
    assert 10 < written["MaxMemoryUsed"][0] < 4096
    assert written["MemoryUtilization"][0] == pytest.approx(written["MaxMemoryUsed"][0] / 10.24)


def test_memory_is_counted_when_the_handler_raises(capsys: pytest.CaptureFixture[str]) -> None:
    @start_metrics(make_metrics())
    def handler(_event: object, _context: object) -> None:
        raise KeyError("order")

    with pytest.raises(KeyError):
        handler({}, FakeContext())
    assert "MaxMemoryUsed" in flushed(capsys)


def test_outside_of_lambda_only_what_is_known_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    start_metrics(make_metrics())(lambda _event, _context: None)({}, FakeContext())
    written = flushed(capsys)
    assert "MaxMemoryUsed" in written
    assert "MemoryUtilization" not in written


def test_the_ping_is_answered_before_the_handler() -> None:
    @answers_warm_up
    def handler(event: dict[str, Any], _context: object) -> object:
        return event["order"]

    assert handler(dict(WARM_UP_EVENT), None) == {"warm_up": True}
    assert handler({"order": 5}, None) == 5


@pytest.mark.parametrize(
    "event", [dict(WARM_UP_EVENT), {"source": "other"}, {}, None, [], "constructs-lib.warm-up"]
)
def test_the_ping_is_what_the_librarys_own_helper_takes_for_one(event: object) -> None:
    assert is_warm_up(event) is warm_up.is_warm_up(event)


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules, sep=chr(10))"
    environment = {"PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("TimeBudget", {"boto3", "tenacity", "pybreaker", "aws_lambda_powertools"}),
        ("classify", {"boto3", "botocore", "tenacity", "pybreaker", "aws_lambda_powertools"}),
        ("answers_warm_up", {"boto3", "tenacity", "pybreaker", "aws_lambda_powertools"}),
        ("start_metrics", {"boto3", "tenacity", "pybreaker", "aws_lambda_powertools"}),
        ("Retry", {"boto3", "pybreaker", "aws_lambda_powertools"}),
        ("CircuitBreaker", {"boto3", "botocore", "tenacity", "aws_lambda_powertools"}),
        ("DynamoDbBreakerStore", {"boto3", "tenacity", "pybreaker"}),
        ("client", {"pybreaker", "aws_lambda_powertools"}),
        ("process_queue", {"boto3", "tenacity", "pybreaker"}),
        ("make_logger", {"boto3", "tenacity", "pybreaker"}),
    ],
)
def test_one_utility_does_not_load_the_others(name: str, without: set[str]) -> None:
    assert loaded_by(f"from handler_toolkit import {name}") & without == set()


def test_nothing_of_the_library_or_of_cdk_is_loaded() -> None:
    everything = loaded_by("import handler_toolkit as t; [getattr(t, name) for name in t.__all__]")
    assert not {
        name for name in everything if name.partition(".")[0] in ("aws_cdk", "constructs_lib", "jsii")
    }


def test_every_public_name_is_there_and_no_other() -> None:
    for name in handler_toolkit.__all__:
        assert getattr(handler_toolkit, name).__name__ == name
    assert dir(handler_toolkit) == handler_toolkit.__all__
    with pytest.raises(AttributeError, match="no attribute 'Retries'"):
        _ = handler_toolkit.Retries


def test_requirements_are_pinned_like_the_repositorys() -> None:
    root = PACKAGE.parents[2]
    pins = {line for line in (PACKAGE.parent / "requirements.txt").read_text().splitlines() if "==" in line}
    ours = {line.split(" ")[0] for line in (root / "requirements.txt").read_text().splitlines()}
    assert pins
    assert {pin.split(" ")[0] for pin in pins} <= ours
