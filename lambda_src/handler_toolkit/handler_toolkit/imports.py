"""Imports that look for no garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quick_start"]


@contextmanager
def quick_start() -> Iterator[None]:
    """Import what a handler needs, with Python's garbage collector paused: a seventh of a start is its work.

    Imports make objects by the hundred thousand, and nearly all of them stay. Put the handler's imports into this
    context. At its end the collector runs again, as before, and leaves alone what is there by then
    (https://docs.python.org/3/library/gc.html#gc.freeze), so that it costs the invocations less too. A collector that
    was off stays off, and nothing else happens.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
