"""What is wrong in a Region that can be reached: its gateway is slow, a table or its past is gone, an export fails."""

_slow: dict[str, float] = {}
_gone: set[tuple[str, str]] = set()
_without_recovery: set[tuple[str, str]] = set()
_export_failures: dict[tuple[str, str], tuple[str, str]] = {}


def make_slow(region: str, seconds: float) -> None:
    """Let the answers of a Region's gateway come so much later; 0 makes it as fast as before."""
    _slow[region] = seconds


def delay_of(region: str) -> float:
    """How many seconds a Region's gateway keeps an answer back."""
    return _slow.get(region, 0.0)


def break_table(region: str, name: str) -> None:
    """Let the API of a Region answer as if there were no such table; what is in it stays, and is replicated."""
    _gone.add((region, name))


def mend_table(region: str, name: str) -> None:
    """Let the API of a Region know the table again; nothing happens to one that it does."""
    _gone.discard((region, name))


def is_gone(region: str, name: str) -> bool:
    """Whether the API of a Region knows nothing of a table that is there."""
    return (region, name) in _gone


def break_recovery(region: str, name: str) -> None:
    """Let a Region fail whatever reads a table's past: exports, and restores to a point in time."""
    _without_recovery.add((region, name))


def mend_recovery(region: str, name: str) -> None:
    """Let a Region read the table's past again."""
    _without_recovery.discard((region, name))


def is_recovery_broken(region: str, name: str) -> bool:
    """Whether a Region cannot read a table's past."""
    return (region, name) in _without_recovery


def fail_next_export(region: str, name: str, code: str, message: str) -> None:
    """Let the next export of a table end with a failure."""
    _export_failures[(region, name)] = (code, message)


def take_export_failure(region: str, name: str) -> tuple[str, str] | None:
    """Code and message of the failure that an export of a table is to end with; None the next time."""
    return _export_failures.pop((region, name), None)
