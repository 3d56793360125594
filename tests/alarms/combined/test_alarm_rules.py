"""Rules as text: whatever the names, each fits, and all of them together say the same as one rule would."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.alarms.combined.alarm_rules import (
    LONGEST_RULE,
    MOST_CHILDREN,
    Child,
    fits,
    longest_generated_name,
    parts,
    rule,
)

lengths = st.lists(st.integers(1, 255), min_size=1, max_size=300)
words = st.sampled_from(("any", "all"))


def children(sizes: list[int]) -> list[Child]:
    return [Child.named(f"{n:x}".zfill(size)[-size:]) for n, size in enumerate(sizes)]


def test_rules_name_alarms_in_quotes() -> None:
    three = [Child.named(name) for name in ("a", 'say "b"', "c, (d)")]

    assert rule(three, "any") == r'ALARM("a") OR ALARM("say \"b\"") OR ALARM("c, (d)")'
    assert rule(three, "all") == r'ALARM("a") AND ALARM("say \"b\"") AND ALARM("c, (d)")'
    assert rule(three, 2) == r'AT_LEAST(2, ALARM, ("a", "say \"b\"", "c, (d)"))'


@given(lengths, words)
def test_no_part_can_get_longer_than_a_rule_and_none_is_lost(
    sizes: list[int], condition: Literal["any", "all"]
) -> None:
    whole = children(sizes)

    found = list(parts(whole, condition))

    assert [child for part in found for child in part] == whole
    for part in found:
        assert 0 < len(part) <= MOST_CHILDREN
        assert len(rule(part, condition)) <= LONGEST_RULE
        assert fits(part, condition)


@given(lengths, st.one_of(words, st.integers(1, 300)))
def test_what_fits_is_exactly_what_is_short_enough(
    sizes: list[int], condition: Literal["any", "all"] | int
) -> None:
    whole = children(sizes)

    assert fits(whole, condition) == (
        len(whole) <= MOST_CHILDREN and len(rule(whole, condition)) <= LONGEST_RULE
    )


def test_a_hundred_alarms_with_names_of_89_characters_fit_and_their_arns_would_not() -> None:
    arn = len("arn:aws:cloudwatch:us-east-1:111122223333:alarm:")

    assert fits([Child(name="n", longest=89)] * 100, "any")
    assert not fits([Child(name="n", longest=89 + arn)] * 100, "any")


@pytest.mark.parametrize(
    ("stack", "logical_id", "expected"),
    [
        ("Shop", "OrdersErrors1234ABCD", 4 + 1 + 20 + 1 + 13),
        (None, "Errors", 128 + 1 + 6 + 1 + 13),
        ("S" * 128, "L" * 255, 255),
    ],
)
def test_a_generated_name_is_bounded_by_stack_and_logical_id(
    stack: str | None, logical_id: str, expected: int
) -> None:
    assert longest_generated_name(stack, logical_id) == expected
