"""What a table's history tells of a moment, and of the time between two."""

from hypothesis import given
from hypothesis import strategies as st

from local_cloud.table_history import Change, History

A, B = ("a", "__no_sort__"), ("b", "__no_sort__")
OLD, NEW, NEWEST = {"v": {"N": "1"}}, {"v": {"N": "2"}}, {"v": {"N": "3"}}

WRITES = st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 3)), max_size=20)


def change(moment: float, before: object, after: object, key: tuple[str, str] = A) -> Change:
    return Change(moment=moment, key=key, before=before, after=after)  # type: ignore[arg-type] # items or None


def history(*changes: Change) -> History:
    remembered = History({A: OLD})
    remembered.note(changes)
    return remembered


def test_moment_shows_what_was_written_before_it_and_not_what_was_written_at_it() -> None:
    remembered = history(change(10.0, OLD, NEW), change(11.0, NEW, None))

    assert remembered.at(10.0) == {A: OLD}
    assert remembered.at(10.5) == {A: NEW}
    assert remembered.at(11.0) == {A: NEW}
    assert remembered.at(11.5) == {}


def test_window_begins_with_its_start_and_ends_before_its_end() -> None:
    remembered = history(change(10.0, OLD, NEW), change(20.0, NEW, NEWEST))

    assert remembered.between(10.0, 20.0) == [change(10.0, OLD, NEW)]
    assert remembered.between(10.1, 20.0) == []


def test_several_changes_of_an_item_are_one_at_the_moment_of_the_last() -> None:
    remembered = history(change(10.0, OLD, NEW), change(11.0, NEW, None), change(12.0, None, NEWEST))

    assert remembered.between(0.0, 99.0) == [change(12.0, OLD, NEWEST)]


def test_item_that_came_and_went_within_the_window_is_not_in_it() -> None:
    remembered = history(change(10.0, None, NEW, B), change(11.0, NEW, None, B), change(12.0, OLD, None))

    assert remembered.between(0.0, 99.0) == [change(12.0, OLD, None)]


@given(WRITES, st.integers(0, 20))
def test_every_moment_shows_what_the_writes_until_then_make(
    writes: list[tuple[str, int | None]], moment: int
) -> None:
    remembered, states = _written(writes)

    assert remembered.at(moment) == states[min(moment, len(writes))]


@given(WRITES, st.integers(0, 20), st.integers(0, 20))
def test_changes_of_a_window_lead_from_its_start_to_its_end(
    writes: list[tuple[str, int | None]], start: int, end: int
) -> None:
    remembered, _ = _written(writes)
    items = remembered.at(start)

    for each in remembered.between(start, end):
        assert items.get(each.key) == each.before
        if each.after is None:
            del items[each.key]
        else:
            items[each.key] = each.after

    assert items == remembered.at(max(start, end))


def _written(writes: list[tuple[str, int | None]]) -> tuple[History, list[dict[object, object]]]:
    """A history of writes at the moments 0, 1, 2 ..., and the states before each and after the last."""
    remembered = History({})
    items: dict[object, object] = {}
    states: list[dict[object, object]] = [{}]
    for moment, (letter, value) in enumerate(writes):
        key, before = (letter, "__no_sort__"), items.get((letter, "__no_sort__"))
        after = None if value is None else {"v": {"N": str(value)}}
        if not (before is None and after is None):
            remembered.note([change(float(moment), before, after, key)])
        items = {name: item for name, item in {**items, key: after}.items() if item is not None}
        states.append(dict(items))
    return remembered, states
