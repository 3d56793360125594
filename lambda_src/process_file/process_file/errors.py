"""What makes a file unusable, for good."""

__all__ = ["UnusableFileError"]


class UnusableFileError(Exception):
    """No attempt will ever make sense of this file: it belongs in quarantine. The message says why."""
