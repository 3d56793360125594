"""When a mute window is open, by the examples of CloudWatch's documentation."""

from datetime import UTC, datetime

import pytest

from constructs_lib.replay.mute_windows import MuteSchedule, ScheduleError


def _is_open(expression: str, duration: str, at: str, zone: str | None = None) -> bool:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return MuteSchedule.parse(expression, duration, zone).window(now) is not None


@pytest.mark.parametrize(
    ("expression", "duration", "inside", "outside"),
    [  # 2026-11-22 is a Sunday
        ("cron(0 2 * * SUN)", "PT4H", ["2026-11-22T02:00", "2026-11-22T05:59"], ["2026-11-22T06:00"]),
        ("cron(0 2 * * 0)", "PT4H", ["2026-11-22T02:00"], ["2026-11-23T02:00"]),
        ("cron(0 2 * * 7)", "PT4H", ["2026-11-22T02:00"], ["2026-11-21T02:00"]),
        ("cron(0 1 1 * *)", "PT6H", ["2026-11-01T06:59"], ["2026-11-01T00:59", "2026-11-02T01:30"]),
        ("cron(0 18 * * FRI)", "P2DT12H", ["2026-11-23T05:59"], ["2026-11-20T17:59", "2026-11-23T06:00"]),
        ("cron(0 23 * * *)", "PT2H", ["2026-11-22T00:30", "2026-11-22T23:00"], ["2026-11-22T01:00"]),
        ("cron(0,30 8-9 * JAN-NOV MON-FRI)", "PT5M", ["2026-11-23T09:34"], ["2026-11-23T09:35"]),
        ("cron(0 8 * DEC *)", "PT5M", ["2026-12-01T08:00"], ["2026-11-23T08:00"]),
        ("cron(0 0 1 * MON)", "PT1H", ["2026-11-01T00:00", "2026-11-23T00:00"], ["2026-11-24T00:00"]),
        ("at(2026-11-22T14:00)", "PT4H", ["2026-11-22T14:00"], ["2026-11-22T13:59", "2026-11-22T18:00"]),
        ("at(2026-12-23T00:00)", "P7D", ["2026-12-29T23:59"], ["2026-12-30T00:00"]),
    ],
)
def test_window_is_open_from_its_start_until_its_end(
    expression: str, duration: str, inside: list[str], outside: list[str]
) -> None:
    assert all(_is_open(expression, duration, at) for at in inside)
    assert not any(_is_open(expression, duration, at) for at in outside)


def test_schedule_is_read_in_its_time_zone() -> None:
    assert _is_open("cron(0 9 * * *)", "PT1H", "2026-11-22T08:30", "Europe/Berlin")
    assert not _is_open("cron(0 9 * * *)", "PT1H", "2026-11-22T09:30", "Europe/Berlin")


def test_only_a_single_window_comes_to_an_end() -> None:
    once = MuteSchedule.parse("at(2026-11-22T14:00)", "PT1H")
    ever = MuteSchedule.parse("cron(0 14 * * *)", "PT1H")

    assert not once.is_over(datetime(2026, 11, 22, 14, 59, tzinfo=UTC))
    assert once.is_over(datetime(2026, 11, 22, 15, tzinfo=UTC))
    assert not ever.is_over(datetime(2036, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("expression", "duration", "zone"),
    [
        ("0 2 * * *", "PT1H", None),
        ("rate(1 hour)", "PT1H", None),
        ("cron(0 2 * * ? *)", "PT1H", None),
        ("cron(60 2 * * *)", "PT1H", None),
        ("cron(0 2 * * MON#1)", "PT1H", None),
        ("cron(0 5-2 * * *)", "PT1H", None),
        ("cron(0 2 0 * *)", "PT1H", None),
        ("at(tomorrow)", "PT1H", None),
        ("cron(0 2 * * *)", "PT", None),
        ("cron(0 2 * * *)", "1h", None),
        ("cron(0 2 * * *)", "PT0M", None),
        ("cron(0 2 * * *)", "P16D", None),
        ("cron(0 2 * * *)", "PT1H", "Mars/Olympus"),
    ],
)
def test_fails_on_what_is_no_valid_schedule(expression: str, duration: str, zone: str | None) -> None:
    with pytest.raises(ScheduleError):
        MuteSchedule.parse(expression, duration, zone)
