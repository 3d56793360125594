"""What holds for every row of every service."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from types import ModuleType
from typing import Any, get_type_hints
from urllib.parse import urlparse

import pytest

from constructs_lib import alarms
from constructs_lib.alarms import LAMBDA_ALARMS, services
from constructs_lib.alarms.own.published import ONLY_WITH, PUBLISHED
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet
from constructs_lib.alarms.table.definition import AlarmDefinition, Operand, Profile, Severity
from constructs_lib.alarms.table.description import LONGEST_DESCRIPTION, describe
from constructs_lib.alarms.table.limits import longest_window
from constructs_lib.alarms.table.settings import AlarmSetSettings, RateAlarmSettings
from tests.metric_math import compute

LONGEST_LIMIT = 1_209_600_000
DIMENSIONS = {"GlobalSecondaryIndexName", "Operation", "ReceivingRegion"}.union(
    *(names for each in PUBLISHED.values() for names in (*each.exactly, *each.at_least))
)
"""Those that `PUBLISHED` names, and those of the tables that it leaves open."""


@dataclass(frozen=True, kw_only=True)
class Service:
    alarms: type[AlarmSet]
    settings: type[AlarmSetSettings]
    subject: type

    @property
    def table(self) -> tuple[AlarmDefinition, ...]:
        return self.alarms.TABLE


def of(module: ModuleType, name: str) -> Service:
    return Service(
        alarms=getattr(module, f"{name}Alarms"),
        settings=getattr(module, f"{name}AlarmSettings"),
        subject=getattr(module, f"{name}Subject"),
    )


SERVICES = {"Function": of(alarms, "Function")} | {
    name: of(services, name)
    for name in (each.removesuffix("Alarms") for each in services.__all__ if each.endswith("Alarms"))
}

every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


every_row_with_its_service = pytest.mark.parametrize(
    ("service", "row"),
    [
        pytest.param(service, row, id=f"{name}-{row.name}")
        for name, service in SERVICES.items()
        for row in service.table
    ],
)


def every_row(condition: Callable[[AlarmDefinition], Any] = bool) -> pytest.MarkDecorator:
    """Those of all services for which `condition` holds."""
    return pytest.mark.parametrize(
        "row",
        [
            pytest.param(row, id=f"{name}-{row.name}")
            for name, service in SERVICES.items()
            for row in service.table
            if condition(row)
        ],
    )


def operands_of(row: AlarmDefinition) -> dict[str, Operand]:
    if row.expression is None:
        return {"": Operand(metric=row.metric)}
    return {
        name: Operand(metric=given) if isinstance(given, str) else given
        for name, given in row.operands.items()
    }


@every_service
def test_every_row_has_its_setting_and_its_attribute(service: Service) -> None:
    rows = [row.name for row in service.table]

    assert rows == list(dict.fromkeys(rows))
    assert set(rows) == set(service.settings.alarm_names())
    assert set(rows) == {
        name for name in dir(service.alarms) if isinstance(getattr(service.alarms, name), AlarmAttribute)
    }
    assert service.alarms.SUBJECT


@every_service
def test_a_rate_has_settings_with_its_guard_and_no_other_row_has(service: Service) -> None:
    hints = get_type_hints(service.settings)

    for row in service.table:
        guarded = RateAlarmSettings in hints[row.name].__args__
        assert guarded == (row.minimum_traffic is not None), row.name


@every_service
def test_none_switches_every_alarm_off(service: Service) -> None:
    settings = service.settings.none()

    assert {settings.of(row) for row in service.table} == {None}


@every_service
def test_something_is_essential_and_the_most_urgent_of_it_is_critical_or_a_warning(service: Service) -> None:
    essential = [row for row in service.table if row.profile is Profile.ESSENTIAL]

    assert 1 <= len(essential) <= 10
    assert all(row.severity is not Severity.INFO for row in essential)


@every_row()
def test_a_row_says_what_it_means_and_where_it_comes_from(row: AlarmDefinition) -> None:
    source = urlparse(row.source)

    assert (source.scheme, source.hostname) == ("https", "docs.aws.amazon.com")
    for part in (row.means, row.cause, row.query):
        assert len(part) > 10
        assert part.endswith((".", "?"))
        assert "  " not in part
    assert row.means[0].isupper()
    assert row.unit


@every_row()
def test_the_longest_description_fits(row: AlarmDefinition) -> None:
    link = "https://runbooks.example.com/" + "x" * 150
    text = describe(row, LONGEST_LIMIT) + f" Runbook: {link}"

    assert len(text) <= LONGEST_DESCRIPTION


@every_row()
def test_the_defaults_of_a_row_can_ring(row: AlarmDefinition) -> None:
    assert 1 <= row.datapoints_to_alarm <= row.evaluation_periods
    assert row.period % 60 == 0
    assert row.period % row.published_every == 0
    assert row.period * row.evaluation_periods <= longest_window(row.period)
    assert row.threshold > 0
    assert row.share_of is None or (row.threshold <= 1 and row.share_unit)
    assert row.highest is None or row.threshold <= row.highest


@every_row_with_its_service
def test_what_a_row_reads_is_known_of_a_subject(service: Service, row: AlarmDefinition) -> None:
    known = {field.name for field in fields(service.subject)} | set(dir(service.subject))
    of_operands = [
        attribute
        for operand in operands_of(row).values()
        for attribute in (operand.dimensions or row.dimensions).values()
    ]

    assert {*row.needs, row.share_of, *of_operands} - {None} <= known


@every_row(lambda row: row.log_filter is None)
def test_a_row_watches_dimensions_that_are_published_together(row: AlarmDefinition) -> None:
    for operand in operands_of(row).values():
        if operand.log_filter is not None:
            continue
        given = row.dimensions if operand.dimensions is None else operand.dimensions
        names = {*given, *operand.fixed}
        namespace = operand.namespace or row.namespace
        published = ONLY_WITH.get((namespace, operand.metric)) or PUBLISHED[namespace]

        assert published.has(names), operand.metric
        assert names <= DIMENSIONS, operand.metric


@every_row(lambda row: row.expression)
def test_an_expression_is_understood_and_names_all_of_its_metrics(row: AlarmDefinition) -> None:
    operands = operands_of(row)
    text = str(row.expression).format(minimum_traffic=row.minimum_traffic, period=row.period)
    named = {
        node.id
        for node in ast.walk(ast.parse(text.replace(" AND ", " and ").replace(" OR ", " or ")))
        if isinstance(node, ast.Name)
    }

    assert operands.keys() <= named
    assert len(operands) <= 10  # what a metric alarm can hold
    assert row.metric not in operands
    for name in (row.metric, *operands):
        assert name[0].islower()
        assert name.replace("_", "").isalnum()
    assert len(compute(text, {name: [1.0] for name in operands})) == 1


@every_row(lambda row: row.minimum_traffic)
def test_a_rate_is_guarded_against_little_traffic_and_division_by_zero(row: AlarmDefinition) -> None:
    text = str(row.expression).format(minimum_traffic=row.minimum_traffic, period=row.period)

    def rate(of_each: float) -> float:
        series: dict[str, list[float | None]] = {name: [of_each] for name in operands_of(row)}
        (value,) = compute(text, series)
        assert value is not None
        return value

    assert rate(0) == rate(1) == 0
    assert row.threshold <= rate(1_000) <= 100


@every_row(lambda row: "FILL" in str(row.expression))
def test_a_filled_metric_never_needs_every_minute(row: AlarmDefinition) -> None:
    """The latest minute may be filled before its datapoint comes: an alarm on all minutes would never ring."""
    assert row.datapoints_to_alarm < row.evaluation_periods or row.period > 600


@every_row(lambda row: row.namespace == "AWS/DynamoDB")
def test_an_alarm_of_dynamodb_comes_back_without_data_of_its_own(row: AlarmDefinition) -> None:
    """CloudWatch may ignore missing data of DynamoDB's metrics, whatever an alarm says."""
    text = str(row.expression).format(period=row.period)
    always: dict[str, list[float | None]] = {"consumed": [0.0], "provisioned": [5.0]}
    nothing = {name: always.get(name, [None]) for name in row.operands}

    assert compute(text, nothing) == [0.0]
    assert (
        row.treat_missing_data == "notBreaching"
    )  # a table that was made on-demand has no provisioned capacity any more


@pytest.mark.parametrize(
    ("threshold", "periods", "said"),
    [(1, 1, "reached 1 error in a period of 60 s."), (2, 3, "reached 2 errors in 1 of 3 periods of 60 s.")],
)
def test_a_description_counts_as_people_do(threshold: float, periods: int, said: str) -> None:
    errors = next(row for row in LAMBDA_ALARMS if row.name == "errors")

    assert said in describe(replace(errors, evaluation_periods=periods), threshold)
