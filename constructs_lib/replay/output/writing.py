"""Where a command writes: a file or standard output, with the encoding and the width that it has."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["opened", "write_printed", "write_utf_8"]

_FILE_WIDTH: Final = 160


@contextmanager
def opened(output: Path | None, unusable: type[Exception]) -> Iterator[TextIO]:
    """The file `output`, or standard output where that is None.

    Raises:
        BrokenPipeError: whoever reads it has seen enough.
        unusable: it cannot be written.
    """
    try:
        with nullcontext(sys.stdout) if output is None else output.open("w", encoding="utf-8") as file:
            yield file
            file.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        where = output or "standard output"
        raise unusable(f"{where} cannot be written: {error.strerror or error}.") from error


def write_printed(file: TextIO, printing: Callable[["Console"], None]) -> None:
    """Write what `printing` prints, in the width of a terminal; what the encoding of `file` lacks is escaped."""
    from rich.console import Console  # noqa: PLC0415 - only text needs it

    if isinstance(file, TextIOWrapper):
        file.reconfigure(errors="backslashreplace")
    console = Console(file=file, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _FILE_WIDTH
    with console.capture() as printed:
        printing(console)
    file.write(printed.get())


def write_utf_8(file: TextIO, text: str) -> None:
    """Write `text` in UTF-8, also where a terminal has another encoding; what it cannot hold is escaped."""
    if isinstance(file, TextIOWrapper):
        file.reconfigure(encoding="utf-8", errors="backslashreplace")
    file.write(text)
