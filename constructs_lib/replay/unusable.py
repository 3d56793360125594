"""The one error of the command."""

__all__ = ["UnusableError"]


class UnusableError(Exception):
    """Something that was given cannot be used; one line says what to do."""
