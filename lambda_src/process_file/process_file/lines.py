"""The lines of a file of any size, in bounded memory."""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

from process_file.errors import UnusableFileError

__all__ = ["LARGEST_FILE", "LONGEST_LINE", "lines"]

LARGEST_FILE: Final = 3 * 1024**3
"""Bytes, unpacked: what 15 minutes are enough for at some 7 MB a second, with room to spare."""
LONGEST_LINE: Final = 64 * 1024
"""Bytes of one line. A file without line ends would otherwise be read into memory as a whole."""
_BYTE_ORDER_MARK: Final = "\ufeff"


def lines(file: BinaryIO, *, compressed: bool) -> Iterator[str]:
    """The lines of `file`, as text.

    Args:
        file: bytes in UTF-8, with or without a byte order mark.
        compressed: whether gzip made them.

    Raises:
        UnusableFileError: it is no UTF-8, no gzip, ends in the middle, is too large, or has a line that is too
            long.
    """
    source = cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb")) if compressed else file
    number = size = 0
    while line := _next(source):
        number += 1
        size += len(line)
        if size > LARGEST_FILE:
            raise UnusableFileError(f"it unpacks to more than {LARGEST_FILE} bytes; send it in parts")
        if len(line) > LONGEST_LINE:
            raise UnusableFileError(f"line {number} is longer than {LONGEST_LINE} bytes")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise UnusableFileError(f"line {number} is no UTF-8") from None
        yield text.removeprefix(_BYTE_ORDER_MARK) if number == 1 else text


def _next(source: BinaryIO) -> bytes:
    try:
        return source.readline(LONGEST_LINE + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnusableFileError(f"its compression is broken: {error}") from None
