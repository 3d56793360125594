"""The handlers' code, for commands that share it."""

import sys

from constructs_lib.handlers import handler_folder

__all__ = ["make_importable"]


def make_importable(*names: str) -> None:
    """Let the packages of these handlers be imported, e.g. ``make_importable("table_restore")``."""
    for name in names:
        folder = str(handler_folder(name))
        if folder not in sys.path:
            sys.path.append(folder)
