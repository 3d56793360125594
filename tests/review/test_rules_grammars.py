"""Schedule expressions, event patterns and definitions of state machines: what is refused, and that nothing breaks."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.review.knowledge import schedule_expressions
from constructs_lib.review.knowledge.names import NAMES
from constructs_lib.review.knowledge.ranges import Range, figure
from constructs_lib.review.reading import event_patterns, states_language

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("${Parameter}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
STATES = st.dictionaries(
    st.sampled_from(["A", "B", "C"]),
    st.fixed_dictionaries(
        {"Type": st.sampled_from(["Task", "Pass", "Choice", "Map", "Succeed"])},
        optional={
            "Next": st.sampled_from(["A", "B", "C", "D"]) | ANY,
            "End": st.booleans() | ANY,
            "Retry": ANY,
            "Catch": ANY,
            "Choices": ANY,
            "Iterator": ANY,
            "Resource": ANY,
        },
    ),
)


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(1 minute)", 60),
        ("rate(12 hours)", 43_200),
        ("rate(2 days)", 172_800),
        ("cron(* * * * ? *)", 60),
        ("cron(0/5 * ? * MON *)", 300),
        ("cron(*/20 * * * ? *)", 1_200),
        ("cron(0 8 * * ? *)", None),
        ("cron(5 * * * ? *)", None),
        ("at(2030-01-01T00:00:00)", None),
        ("nonsense", None),
    ],
)
def test_the_time_between_two_runs_is_known_where_it_is_the_same_all_day(
    expression: str, seconds: int | None
) -> None:
    assert schedule_expressions.period_of(expression) == seconds


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(5 minutes)", 300),
        ("rate(1 minute)", 60),
        ("rate(2 days)", 172_800),
        ("cron(* * * * ? *)", 60),
        ("cron(0/5 * * * ? *)", 300),
        ("cron(0/7 * * * ? *)", None),
        ("cron(15 * * * ? *)", 3_600),
        ("cron(15 10 * * ? *)", 86_400),
        ("cron(0 10 ? * MON *)", None),
        ("cron(0/5 * ? * MON *)", None),
        ("cron(0/5 9-18 * * ? *)", None),
        ("cron(5,35 14 * * ? *)", None),
        ("cron(15 10 * * ?)", None),
        ("at(2030-01-01T00:00:00)", None),
        ("nonsense", None),
    ],
)
def test_the_time_between_two_runs_is_known_where_it_is_the_same_day_after_day(
    expression: str, seconds: int | None
) -> None:
    assert schedule_expressions.interval_of(expression) == seconds


@pytest.mark.parametrize(
    ("expression", "last"),
    [
        ("at(2020-02-29T23:59:59)", date(2020, 3, 1)),
        ("cron(0 8 * * ? 2024)", date(2024, 12, 31)),
        ("cron(0 8 * * ? 2024-2026)", date(2026, 12, 31)),
        ("cron(0 8 * * ? 2024,2022)", date(2024, 12, 31)),
        ("cron(0 8 * * ? *)", None),
        ("cron(0 8 * * ? 2024/2)", None),
        ("rate(1 day)", None),
        ("at(never)", None),
    ],
)
def test_the_last_day_of_a_schedule_is_that_of_its_moment_or_of_its_last_year(
    expression: str, last: date | None
) -> None:
    assert schedule_expressions.last_day(expression) == last


@given(
    kind=st.sampled_from(["rate", "cron", "at", ""]),
    inside=st.text(alphabet="0123456789*/?-,#LW MONJAN().:T", max_size=24),
    scheduler=st.booleans(),
)
def test_no_expression_breaks_its_reader(*, kind: str, inside: str, scheduler: bool) -> None:
    expression = f"{kind}({inside})"

    schedule_expressions.problem_of(expression, scheduler=scheduler)
    schedule_expressions.last_day(expression)
    schedule_expressions.period_of(expression)
    schedule_expressions.interval_of(expression)


@given(
    st.integers(0, 59),
    st.integers(0, 23),
    st.integers(1, 31),
    st.integers(1, 12),
    st.integers(1970, 2199),
)
def test_a_cron_expression_of_numbers_in_their_ranges_is_taken(
    minute: int, hour: int, day: int, month: int, year: int
) -> None:
    expression = f"cron({minute} {hour} {day} {month} ? {year})"

    assert schedule_expressions.problem_of(expression, scheduler=False) is None


@given(ANY)
def test_no_pattern_breaks_its_reader(pattern: Any) -> None:
    problem = event_patterns.problem_of(event_patterns.parsed(pattern))

    assert problem is None or problem


@given(STATES, ANY)
def test_no_definition_breaks_its_reader(states: Any, start: Any) -> None:
    for problem in states_language.problems_of({"StartAt": start, "States": states}):
        assert problem


def test_a_chain_of_many_states_is_followed_to_its_end() -> None:
    many = 5_000
    states: dict[str, Any] = {
        str(number): {"Type": "Pass", "Next": str(number + 1)} for number in range(many)
    }
    states[str(many)] = {"Type": "Succeed"}

    assert list(states_language.problems_of({"StartAt": "0", "States": states})) == []


def test_ranges_are_told_as_people_read_them() -> None:
    assert str(Range(keys=("Age",), low=60, high=604_800, also=(-1,))) == "-1 or 60 to 604,800"
    assert figure(0.5) == "0.5"
    assert figure(1_209_600) == "1,209,600"


def test_every_name_has_a_length_that_it_may_have() -> None:
    for type_, name in NAMES.items():
        assert 1 <= name.shortest <= name.longest, type_
        assert not name.wrong("abc"), type_
