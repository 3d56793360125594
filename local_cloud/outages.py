"""What is wrong in a Region although it can be reached: its gateway is slow, or a table of it is gone."""

_slow: dict[str, float] = {}
_gone: set[tuple[str, str]] = set()


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
