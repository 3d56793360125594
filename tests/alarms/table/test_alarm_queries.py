"""The first query that an alarm tells whoever is woken to run: a command that the AWS CLI takes."""

import re
from collections.abc import Iterator

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import OperationModel

from constructs_lib.alarms import LAMBDA_ALARMS, AlarmDefinition, services

SESSION = botocore.session.Session()
COMMAND = re.compile(r"\baws ([a-z][a-z-]+) ([a-z][a-z-]+)((?: [^\s,;:()]+)*)")
OF_THE_CLI = {"query", "region"}
"""https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html"""
INSIGHTS = ("filter", "stats", "sort", "fields", "limit")
TABLES = {
    "lambda": LAMBDA_ALARMS,
    **{name: getattr(services, name) for name in services.__all__ if name.endswith("_ALARMS")},
}
every_row = pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{name}-{row.name}") for name, table in TABLES.items() for row in table]
)


def commands(row: AlarmDefinition) -> Iterator[tuple[str, str, set[str]]]:
    for service, command, rest in COMMAND.findall(row.query):
        yield service, command, set(re.findall(r"--([a-z-]+)", rest))


def operation(service: str, command: str) -> OperationModel:
    model = SESSION.get_service_model(service)
    (name,) = (name for name in model.operation_names if xform_name(name, "-") == command)
    return model.operation_model(name)


@every_row
def test_a_command_exists_and_has_the_options_that_it_needs(row: AlarmDefinition) -> None:
    for service, command, options in commands(row):
        shape = operation(service, command).input_shape
        known = {} if shape is None else {xform_name(member, "-"): member for member in shape.members}
        needed = set() if shape is None else set(shape.required_members)

        assert options - OF_THE_CLI <= set(known), (service, command)
        assert needed <= {known[option] for option in options - OF_THE_CLI}, (service, command)


@every_row
def test_a_log_query_is_made_of_commands_and_uncaught_exceptions_are_among_its_errors(
    row: AlarmDefinition,
) -> None:
    _, named, text = row.query.partition("Logs Insights on ")
    if not named or "filter" not in text:
        return
    query = text[text.index("filter") :]
    for part in re.split(r" \| ", query):
        assert part.split()[0] in INSIGHTS, part
    assert 'level = "ERROR"' not in query  # what the runtime writes for a timeout or a crash has no level


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"timestamp":"2026-01-01T00:00:00Z","level":"ERROR","message":"no such order"}', True),
        ('{"timestamp": "2026-01-01T00:00:00Z", "log_level": "ERROR", "errorType": "KeyError"}', True),
        ('{"type":"platform.report","record":{"requestId":"6d68ca91","status":"timeout"}}', True),
        ('{"type":"platform.report","record":{"status":"error","errorType":"Runtime.OutOfMemory"}}', True),
        ("[ERROR] KeyError: 'order'\rTraceback (most recent call last):", True),
        ("2026-01-01T00:00:00Z 6d68ca91 Task timed out after 3.00 seconds", True),
        ('{"type":"platform.report","record":{"requestId":"6d68ca91","status":"success"}}', False),
        ('{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","message":"order stored"}', False),
    ],
)
@pytest.mark.parametrize("name", ["errors", "error_rate", "async_events_dropped"])
def test_the_query_of_an_error_finds_what_told_of_it(name: str, line: str, found: bool) -> None:  # noqa: FBT001 - a case each
    (row,) = (row for row in LAMBDA_ALARMS if row.name == name)
    pattern = re.search(r"@message like /(.+?)/", row.query)

    assert pattern is not None
    assert bool(re.search(pattern[1], line)) is found
