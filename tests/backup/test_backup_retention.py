"""What is kept: a pure function of times, checked against a calculation made in another way."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st
from table_backup.retention import Policy, kept, sift

from tests.backup.reference_retention import expected

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def daily(days: int, until: datetime = NOW) -> list[tuple[datetime, str]]:
    """A backup a day, named by its date."""
    return [(until - n * DAY, (until - n * DAY).date().isoformat()) for n in range(days)]


def test_the_newest_of_the_latest_days_weeks_and_months_are_kept() -> None:
    policy = Policy(daily=3, weekly=2, monthly=3)
    assert kept(policy, daily(90), NOW) == {
        "2026-03-31",
        "2026-03-30",
        "2026-03-29",  # a Sunday: the third day and the last of its week
        "2026-02-28",
        "2026-01-31",
    }


def test_a_week_ends_on_sunday_also_across_the_year() -> None:
    until = datetime(2027, 1, 5, 1, tzinfo=UTC)  # a Tuesday
    assert kept(Policy(weekly=3), daily(20, until), until) == {"2027-01-05", "2027-01-03", "2026-12-27"}


def test_days_are_those_of_utc_whatever_zone_a_time_is_written_in() -> None:
    berlin = timezone(timedelta(hours=2))
    backups = [
        (datetime(2026, 7, 2, 0, 30, tzinfo=berlin), "July 1 in UTC, later"),
        (datetime(2026, 7, 1, 2, 30, tzinfo=berlin), "July 1 in UTC, earlier"),
        (datetime(2026, 7, 1, 1, 30, tzinfo=berlin), "June 30 in UTC"),
    ]
    assert kept(Policy(daily=2), backups, NOW) == {"July 1 in UTC, later", "June 30 in UTC"}


def test_days_without_a_backup_do_not_count() -> None:
    backups = [(NOW - n * DAY, str(n)) for n in (0, 1, 10, 20, 30)]
    assert kept(Policy(daily=4), backups, NOW) == {"0", "1", "10", "20"}


def test_every_backup_is_kept_for_a_time() -> None:
    backups = [(NOW - n * HOUR, str(n)) for n in range(100)]
    assert kept(Policy(keep_for=5 * 3_600), backups, NOW) == {"0", "1", "2", "3", "4"}


def test_the_newest_is_kept_by_any_policy() -> None:
    assert kept(Policy(), daily(5), NOW + 1_000 * DAY) == {"2026-03-31"}


def test_one_backup_after_the_other_is_looked_at() -> None:
    asked = 0

    def endless() -> Iterator[tuple[datetime, int]]:
        nonlocal asked
        when = NOW
        while True:
            asked += 1
            yield when, asked
            when -= HOUR

    sifted = sift(Policy(count=2), endless(), NOW)
    assert [next(sifted) for _ in range(4)] == [(1, True), (2, True), (3, False), (4, False)]
    assert asked == 4


policies = st.builds(
    Policy,
    keep_for=st.sampled_from([0.0, 3_600.0, 40 * 86_400.0]),
    count=st.integers(0, 5),
    daily=st.integers(0, 5),
    weekly=st.integers(0, 4),
    monthly=st.integers(0, 3),
)
times = st.lists(st.integers(0, 300 * 24), unique=True, max_size=60)


@given(policy=policies, hours=times)
def test_it_is_what_another_calculation_gives(policy: Policy, hours: list[int]) -> None:
    backups = [(NOW - each * HOUR, f"{each}") for each in hours]
    assert kept(policy, backups, NOW) == expected(policy, backups, NOW)


@settings(max_examples=50)
@given(policy=policies, hours=times)
def test_it_does_not_matter_how_often_backups_are_deleted(policy: Policy, hours: list[int]) -> None:
    backups = [(NOW - each * HOUR, f"{each}") for each in sorted(hours, reverse=True)]
    left: list[tuple[datetime, str]] = []
    for backup in backups:
        left.append(backup)
        remaining = kept(policy, left, backup[0])
        left = [each for each in left if each[1] in remaining]
    assert kept(policy, left, NOW) == kept(policy, backups, NOW)


def test_the_reference_knows_the_calendar() -> None:
    assert date(2026, 12, 31).isocalendar()[:2] == (2026, 53)
