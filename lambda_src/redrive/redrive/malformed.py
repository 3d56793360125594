"""What can't be re-driven, however often it is tried."""

__all__ = ["MalformedError", "RecordsGoneError"]


class MalformedError(Exception):
    """A letter that can't be understood; the message says why."""


class RecordsGoneError(Exception):
    """The records that a letter points at can't be had from the stream any more; the message says why."""
