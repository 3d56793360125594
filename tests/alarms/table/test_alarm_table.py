from urllib.parse import urlparse

import pytest

from constructs_lib.alarms import (
    LAMBDA_ALARMS,
    AlarmDefinition,
    FunctionAlarms,
    FunctionAlarmSettings,
    FunctionSubject,
)
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute

ROWS = [pytest.param(row, id=row.name) for row in LAMBDA_ALARMS]


def test_every_row_has_its_setting_and_its_attribute() -> None:
    rows = [row.name for row in LAMBDA_ALARMS]

    assert rows == list(dict.fromkeys(rows))
    assert set(rows) == set(FunctionAlarmSettings.alarm_names())
    assert set(rows) == {name for name in rows if isinstance(getattr(FunctionAlarms, name), AlarmAttribute)}


def test_none_switches_every_alarm_off() -> None:
    settings = FunctionAlarmSettings.none()

    assert {settings.of(row) for row in LAMBDA_ALARMS} == {None}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_why_it_rings_and_where_it_comes_from(row: AlarmDefinition) -> None:
    source = urlparse(row.source)

    assert source.scheme == "https"
    assert source.hostname == "docs.aws.amazon.com"
    for part in (row.means, row.cause, row.query):
        assert len(part) > 10
        assert part.endswith((".", "?"))
    assert row.unit


@pytest.mark.parametrize("row", ROWS)
def test_the_defaults_of_a_row_can_ring(row: AlarmDefinition) -> None:
    assert 1 <= row.datapoints_to_alarm <= row.evaluation_periods
    assert row.period % 60 == 0
    assert row.threshold > 0
    assert row.share_of is None or row.threshold <= 1


@pytest.mark.parametrize("row", ROWS)
def test_what_a_row_needs_is_known_of_a_subject(row: AlarmDefinition) -> None:
    subject = FunctionSubject(function_name="orders")

    for fact in {*row.needs, row.share_of, *row.dimensions.values()} - {None}:
        assert hasattr(subject, str(fact))


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in LAMBDA_ALARMS if row.expression])
def test_a_rate_is_guarded_against_little_traffic_and_division_by_zero(row: AlarmDefinition) -> None:
    assert row.minimum_traffic
    assert str(row.expression).startswith("IF(invocations >= {minimum_traffic}, ")
    assert str(row.expression).endswith(", 0)")
