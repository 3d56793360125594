"""The largest gap of a schedule, against a simulation minute by minute and dates out of the calendar."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_scheduler as scheduler
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.schedules import Cron, UnknownExpressionError, largest_gap, largest_gap_of, shortest_gap

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def fired(expression: str, year: int, month: int) -> list[int]:
    """The days of a month on which it fires."""
    cron = Cron.parse(expression)
    first = date(year, month, 1)
    days = [first + timedelta(days=number) for number in range(31)]
    return [day.day for day in days if day.month == month and cron.fires_on(day)]


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(1 minute)", MINUTE),
        ("rate(12 hours)", 12 * HOUR),
        ("rate(7 days)", 7 * DAY),
        ("cron(0 1 * * ? *)", DAY),
        ("cron(0 * * * ? *)", HOUR),
        ("cron(0/15 * * * ? *)", 15 * MINUTE),
        ("cron(0/25 * * * ? *)", 25 * MINUTE),
        ("cron(0 8-18/2 * * ? *)", 14 * HOUR),
        ("cron(0 8,20 * * ? *)", 12 * HOUR),
        ("cron(0 1 ? * MON-FRI *)", 3 * DAY),
        ("cron(0 1 ? * SUN *)", 7 * DAY),
        ("cron(0 1 1 * ? *)", 31 * DAY),
        ("cron(0 1 31 * ? *)", 61 * DAY),  # from March 31 to May 31
        ("cron(0 1 L * ? *)", 31 * DAY),
        ("cron(0 1 ? * 2#1 *)", 35 * DAY),
        ("cron(0 1 1 1 ? *)", 366 * DAY),
        ("cron(0 0 29 2 ? *)", 1_461 * DAY),
        ("cron(0 1 */2 * ? *)", 2 * DAY),
    ],
)
def test_the_largest_gap_of_an_expression(expression: str, seconds: int) -> None:
    assert largest_gap(expression).seconds == seconds


@pytest.mark.parametrize(
    ("expression", "zone", "seconds"),
    [
        ("cron(0 1 * * ? *)", "Europe/Berlin", 25 * HOUR),
        ("cron(30 2 * * ? *)", "Europe/Berlin", 47 * HOUR),  # 02:30 is left out once a year
        ("cron(0/5 * * * ? *)", "Europe/Berlin", 65 * MINUTE),  # an hour comes twice and fires once
        ("cron(0 1 * * ? *)", "Asia/Tokyo", 24 * HOUR),
        ("cron(0 1 * * ? *)", "America/New_York", 25 * HOUR),
        ("cron(0 3 * * ? *)", "Australia/Lord_Howe", 24 * HOUR + 30 * MINUTE),
        ("rate(1 day)", "Europe/Berlin", 24 * HOUR),
        (
            "cron(30 1,2 * * ? *)",
            "Europe/Berlin",
            24 * HOUR,
        ),  # 01:30 fires on the day on which 02:30 does not
    ],
)
def test_summer_time_makes_gaps_longer(expression: str, zone: str, seconds: int) -> None:
    assert largest_gap(expression, zone).seconds == seconds


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("cron(0 1 3W * ? *)", [4]),  # the 3rd is a Sunday
        ("cron(0 1 1W * ? *)", [1]),
        ("cron(0 1 LW * ? *)", [29]),  # the 31st is a Sunday
        ("cron(0 1 31W * ? *)", [29]),
        ("cron(0 1 L * ? *)", [31]),
        ("cron(0 1 ? * 6L *)", [29]),
        ("cron(0 1 ? * FRIL *)", [29]),
        ("cron(0 1 ? * L *)", [2, 9, 16, 23, 30]),
        ("cron(0 1 ? * TUE#2 *)", [12]),
        ("cron(0 1 ? * 3#5 *)", []),
        ("cron(0 1 ? * SAT-SUN *)", [2, 3, 9, 10, 16, 17, 23, 24, 30, 31]),
        ("cron(0 1 1,15 * ? *)", [1, 15]),
        ("cron(0 1 10/7 * ? *)", [10, 17, 24, 31]),
        ("cron(0 1 * JUN ? *)", []),
        ("cron(0 1 1-3 apr-may ? *)", [1, 2, 3]),
    ],
)
def test_the_days_of_may_2026(expression: str, days: list[int]) -> None:
    assert fired(expression, 2026, 5) == days


def test_the_nearest_weekday_stays_in_its_month() -> None:
    assert fired("cron(0 1 1W * ? *)", 2026, 8) == [3]  # August 1 is a Saturday
    assert fired("cron(0 1 31W * ? *)", 2026, 2) == []


@cache
def hours(zone: str) -> dict[int, dict[datetime, list[datetime]]]:
    """By hour of the day, each hour of local time that there is, and the one or two in UTC that it is."""
    found: dict[int, dict[datetime, list[datetime]]] = {}
    utc, local = datetime(2023, 12, 31, tzinfo=UTC), ZoneInfo(zone)
    while utc.year < 2033:
        wall = utc.astimezone(local).replace(tzinfo=None)
        if 2024 <= wall.year <= 2031:
            found.setdefault(wall.hour, {}).setdefault(wall, []).append(utc)
        utc += timedelta(hours=1)
    return found


@settings(deadline=None)
@given(
    hours_of_a_day=st.lists(st.integers(0, 23), min_size=1, max_size=4),
    minute=st.sampled_from(["0", "30", "0/20", "59"]),
    days=st.sampled_from(["* * ?", "1,10,20 * ?", "? * MON", "? * MON-WED"]),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Etc/UTC"]),
)
def test_it_is_what_going_through_the_years_finds(
    hours_of_a_day: list[int], minute: str, days: str, zone: str
) -> None:
    """Hour by hour; an hour of local time that comes twice fires the first time, or the second."""
    day, month, week_day = days.split()
    expression = f"cron({minute} {','.join(map(str, hours_of_a_day))} {day} {month} {week_day} *)"
    cron = Cron.parse(expression)
    gaps = [0]
    for which in (0, -1):
        firings = sorted(
            utcs[which] + timedelta(minutes=each_minute)
            for hour, each_minute in cron.times
            for wall, utcs in hours(zone)[hour].items()
            if cron.fires_on(wall.date())
        )
        gaps += [int((later - earlier).total_seconds()) for earlier, later in pairwise(firings)]
    assert largest_gap(expression, zone).seconds == max(gaps)


def test_a_gap_says_where_it_is() -> None:
    assert (
        str(largest_gap("cron(0 1 * * ? *)", "Europe/Berlin")) == "1 day, 1:00:00 after 2024-10-27 01:00 CEST"
    )
    assert str(largest_gap("rate(90 minutes)")) == "1:30:00"


@pytest.mark.parametrize(
    "expression",
    [
        "at(2026-01-01T00:00:00)",
        "rate(0 minutes)",
        "rate(1 week)",
        "cron(0 1 * * *)",
        "cron(0 1 * * * *)",
        "cron(0 1 ? * ? *)",
        "cron(0 1 * * ? 2026)",
        "cron(60 1 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 1 32 * ? *)",
        "cron(0 1 L-3 * ? *)",
        "cron(0 1 ? * 8 *)",
        "cron(0 1 ? * MON#6 *)",
        "cron(0/0 1 * * ? *)",
        "cron(0 1 31 2 ? *)",
        "daily",
    ],
)
def test_fails_on_what_cannot_be_told(expression: str) -> None:
    with pytest.raises(UnknownExpressionError):
        largest_gap(expression)


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("rate(90 seconds)", "neither cron(...) nor rate(...) of whole minutes, hours or days"),
        ("at(2026-01-01T00:00:00)", "neither cron(...) nor rate(...)"),
        ("cron(0 1 * * *)", "six fields"),
        ("cron(0 1 * * ? 2026)", "in some years only"),
    ],
)
def test_says_what_cannot_be_told(expression: str, problem: str) -> None:
    with pytest.raises(UnknownExpressionError, match=re.escape(problem)):
        largest_gap(expression)


def test_fails_on_a_time_zone_that_is_unknown() -> None:
    with pytest.raises(UnknownExpressionError, match="Europe/Atlantis"):
        largest_gap("cron(0 1 * * ? *)", "Europe/Atlantis")


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(20 minutes)", 1_200),
        ("cron(0 1 * * ? *)", 86_400),
        ("cron(0,5 * * * ? *)", 300),
        ("cron(0 1,23 * * ? *)", 7_200),
        ("cron(0/15 * * * ? *)", 900),
    ],
)
def test_the_shortest_gap_of_a_schedule(expression: str, seconds: int) -> None:
    assert shortest_gap(expression) == seconds


@pytest.mark.parametrize(
    ("zone", "seconds"),
    [(None, DAY), (cdk.TimeZone.of("Etc/UTC"), DAY), (cdk.TimeZone.EUROPE_BERLIN, 25 * HOUR)],
)
def test_the_largest_gap_of_a_schedule_is_that_of_its_time_zone(
    zone: cdk.TimeZone | None, seconds: int
) -> None:
    gap = largest_gap_of(scheduler.ScheduleExpression.expression("cron(0 1 * * ? *)", zone))

    assert gap is not None
    assert gap.seconds == seconds


@pytest.mark.parametrize("of_the_zone", [False, True])
def test_a_schedule_that_is_known_only_at_deployment_has_no_gap_yet(of_the_zone: bool) -> None:  # noqa: FBT001 - pytest passes by name
    token = cdk.Lazy.string(_Nightly())
    schedule = (
        scheduler.ScheduleExpression.expression("cron(0 1 * * ? *)", cdk.TimeZone.of(token))
        if of_the_zone
        else scheduler.ScheduleExpression.expression(token)
    )

    assert largest_gap_of(schedule) is None


@jsii.implements(cdk.IStableStringProducer)
class _Nightly:
    def produce(self) -> str:
        return "cron(0 1 * * ? *)"
