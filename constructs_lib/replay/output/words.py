"""Times, lengths of time and receivers, as all outputs write them."""

from datetime import UTC, datetime
from typing import Final

__all__ = ["clock", "iso", "length", "receiver", "receivers"]

_UNITS: Final = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_ARN_PARTS: Final = 5
_MOST_UNITS: Final = 2


def iso(seconds: float) -> str:
    """Seconds since 1970 in ISO 8601, UTC; `datetime.fromisoformat` gives the same moment back."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def clock(seconds: float) -> str:
    """Seconds since 1970 for people, in UTC; seconds only where they are not zero."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%m-%d %H:%M:%S}" if moment.second else f"{moment:%m-%d %H:%M}"


def length(seconds: float) -> str:
    """A length of time in its two largest units, such as ``1h 5m``."""
    rest, parts = round(seconds), []
    for unit, each in _UNITS:
        if rest >= each:
            parts.append(f"{rest // each}{unit}")
            rest %= each
    return " ".join(parts[:_MOST_UNITS]) or "0s"


def receiver(target: str) -> str:
    """Who is told, short: what comes last in an ARN, or the logical id where a template makes it."""
    if target.startswith("${") and target.endswith("}"):
        return target[2:-1].rpartition("//")[2].partition(".")[0]
    return target.split(":", _ARN_PARTS)[-1] if target.startswith("arn:") else target


def receivers(targets: tuple[str, ...]) -> str:
    """Who is told, in one line."""
    return ", ".join(map(receiver, targets))
