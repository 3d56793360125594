"""Imports with the garbage collector paused, which runs again whatever happens."""

import gc
from collections.abc import Iterator

import pytest
from handler_toolkit import quick_start


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The collector as it was."""
    was = gc.isenabled()
    gc.enable()
    yield
    gc.unfreeze()
    (gc.enable if was else gc.disable)()


def test_nothing_is_collected_meanwhile() -> None:
    collected: list[str] = []

    def told(phase: str, info: dict[str, int]) -> None:  # noqa: ARG001 - Python passes both
        collected.append(phase)

    gc.callbacks.append(told)
    try:
        with quick_start():
            kept = [[number] for number in range(100_000)]
        assert collected == []
        assert len(kept) == 100_000
        again = [[number] for number in range(100_000)]
        assert collected
        assert len(again) == 100_000
    finally:
        gc.callbacks.remove(told)


def test_what_was_imported_is_left_alone_afterwards() -> None:
    with quick_start():
        imported = [[] for _ in range(1000)]  # type: ignore[var-annotated]  # whatever it is

    assert gc.isenabled()
    assert gc.get_freeze_count() > len(imported)


def test_the_collector_runs_again_after_an_import_that_fails() -> None:
    with pytest.raises(ModuleNotFoundError), quick_start():
        raise ModuleNotFoundError

    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    frozen = gc.get_freeze_count()

    with quick_start():
        pass

    assert not gc.isenabled()
    assert gc.get_freeze_count() == frozen
