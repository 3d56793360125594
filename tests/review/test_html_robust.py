"""The page copes with templates whose author, or whose tool, got types wrong."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.review.output.html import html_of
from constructs_lib.review.report import Cost, Review
from tests.review.html_cases import SERVICE, review_of
from tests.review.test_html_page import Page
from tests.reviewing import parsed, reading_of

ODD: list[Any] = [
    None,
    True,
    -1,
    1e308,
    "",
    "${Odd}",
    [],
    [None],
    [[]],
    {},
    {"Ref": "Nowhere"},
    {"Fn::GetAtt": []},
    {"": [{}]},
]
TEMPLATE = parsed(SERVICE)


def places(data: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The ways to all values of the resources' properties."""
    children: Any = (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    )
    for key, value in children:
        yield (*way, key)
        yield from places(value, (*way, key))


def _has(around: Any, key: str | int) -> bool:
    if isinstance(around, list):
        return isinstance(key, int) and key < len(around)
    return isinstance(around, dict) and key in around


WAYS = [way for way in places(TEMPLATE) if len(way) > 2 and way[2] == "Properties"]


@given(st.lists(st.tuples(st.sampled_from(WAYS), st.sampled_from(ODD)), min_size=1, max_size=6))
def test_wrong_types_anywhere_still_give_a_page(changes: list[tuple[tuple[str | int, ...], Any]]) -> None:
    template = copy.deepcopy(TEMPLATE)
    for way, odd in changes:
        around: Any = template
        for key in way[:-1]:
            around = around[key] if _has(around, key) else None
        if _has(around, way[-1]):
            around[way[-1]] = odd
    (stack,) = reading_of(template).stacks
    cost = Cost(region="eu-west-1", prices_of="2026-11-22")

    assert Page(html_of(Review(templates=(review_of(stack, (), (), cost),)))).unclosed == []
