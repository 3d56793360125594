"""What lies under keys of objects and lists, each entry of a list followed."""

from typing import Any

import pytest

from constructs_lib.review.reading.data import all_at


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"a": {"b": 1}}, [1]),
        ({"a": [{"b": 1}, {"b": [2, 3]}, {}]}, [1, 2, 3]),
        ({"a": {"b": {"c": 1}}}, [{"c": 1}]),
        ({"a": "${Parameter}"}, ["${Parameter}"]),
        ({"a": 7}, []),
        ([{"a": {"b": 1}}], []),
        (None, []),
    ],
)
def test_all_that_lies_under_keys_is_found(data: Any, found: list[Any]) -> None:
    assert all_at(data, "a", "b") == found
