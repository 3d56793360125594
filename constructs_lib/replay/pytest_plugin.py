"""Fixtures for tests of alarms, and failures that show the time around them.

Loaded by every pytest that finds the library installed: what computes is imported by the first test that asks for it.
"""

import sys
from collections.abc import Callable, Generator, Iterator
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from constructs_lib.replay.report import Report
    from constructs_lib.replay.seeded import Incidents
    from constructs_lib.replay.timelines.timeline import Timeline
    from constructs_lib.replay.verdict import Verdict

__all__ = ["incident", "pytest_runtest_call", "replay"]

_VERDICT: Final = "constructs_lib.replay.verdict"
_NEEDED: Final = ("lark", "numpy")
_PYTEST_SAYS: Final = "assert "
_RECOGNISED_BY: Final = 60
"""Characters of a verdict's text by which pytest's message names it; pytest cuts long ones in the middle."""


@pytest.fixture
def incident(request: pytest.FixtureRequest) -> "Incidents":
    """Makes incidents, whose chance depends on the test's name and on nothing else."""
    _needed()
    from constructs_lib.replay.seeded import Incidents  # noqa: PLC0415 - see the module

    return Incidents(seed=crc32(request.node.name.encode()))


@pytest.fixture(scope="session")
def replay() -> Callable[..., "Report"]:
    """The function `replay`, which takes stacks, stages and apps of CDK too."""
    _needed()
    from constructs_lib.replay.surface import replay as replayed  # noqa: PLC0415 - see the module
    from constructs_lib.template import read_assembly  # noqa: PLC0415 - likewise
    from constructs_lib.template.cdk_source import source_of  # noqa: PLC0415 - likewise

    def replay_of(source: Any, timeline: "Timeline", **more: Any) -> "Report":
        found = source_of(source)
        if found is source or hasattr(source, "synth"):
            return replayed(found, timeline, **more)
        # A stack's alarms may be on resources of the others of its app.
        chosen = [each.key for each in found.templates]
        return replayed(read_assembly(found.source), timeline, **{"stacks": chosen, **more})

    return replay_of


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Let a failed assertion on a verdict say what was found, with the time around it."""
    try:
        return (yield)
    except AssertionError as error:
        if found := list(_failed(error)):
            own = str(error).partition(_PYTEST_SAYS)[0]  # the message that the test gives itself
            error.args = (own + "\n".join(map(repr, found)),)
        raise


def _failed(error: AssertionError) -> "Iterator[Verdict]":
    """The verdicts in the assertion that failed; pytest keeps what it compared in variables of its own."""
    loaded = sys.modules.get(_VERDICT)
    frame = _innermost(error.__traceback__)
    if loaded is None or frame is None:
        return
    message = str(error)
    if _PYTEST_SAYS not in message:
        return
    verdicts = {id(each): each for each in frame.values() if isinstance(each, loaded.Verdict)}
    for each in verdicts.values():
        if each.text[:_RECOGNISED_BY] in message:
            yield each


def _innermost(traceback: TracebackType | None) -> dict[str, Any] | None:
    if traceback is None:
        return None
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_locals


def _needed() -> None:
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise pytest.UsageError(
            f"replay needs {missing[0]}, which is not installed: pip install 'constructs-lib[replay]'."
        )
