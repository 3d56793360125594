"""The handler's code, for commands that share it."""

import sys

from constructs_lib.handlers import handler_folder

__all__ = ["make_importable"]


def make_importable(name: str) -> None:
    """Let the package of the handler `name` be imported."""
    folder = str(handler_folder(name))
    if folder not in sys.path:
        sys.path.append(folder)
