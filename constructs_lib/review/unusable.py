"""What a review cannot use."""

__all__ = ["UnusableError"]


class UnusableError(ValueError):
    """Something that was given cannot be used; the message is one line that says what to do."""
