"""Checksums of what was written: beside DynamoDB's manifests, in them, and in ours."""

import base64
import binascii
import hashlib
import io
from contextlib import closing
from typing import IO, Any, Final

from table_export.objects import MissingError, Objects

__all__ = ["Hashed", "ReadError", "check", "hexadecimal", "md5_of", "read_bytes"]

_CHECKSUMS: Final = ("md5", "checksum")
"""Endings of the objects with the checksums: what DynamoDB writes, and what its documentation names."""
_HEX: Final = 32


class ReadError(Exception):
    """What was written is not what should have been."""


class Hashed(io.RawIOBase):
    """A stream that is hashed as it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.md5 = hashlib.md5(usedforsecurity=False)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self.md5.update(data)
        return len(data)


def md5_of(body: bytes) -> str:
    """The checksum of `body`, hexadecimal."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def read_bytes(objects: Objects, key: str) -> bytes:
    """A small object.

    Raises:
        MissingError: there is none.
    """
    with closing(objects.open(key)) as stream:
        return stream.read()


def check(objects: Objects, key: str, md5: str) -> None:
    """Compare the `md5` of the object `key` with the checksum beside it.

    Raises:
        ReadError: there is none, or another one.
    """
    base = key.rpartition(".")[0]
    for ending in _CHECKSUMS:
        try:
            said = hexadecimal(read_bytes(objects, f"{base}.{ending}").decode("ascii", "replace"))
        except MissingError:
            continue
        except ValueError as error:
            raise ReadError(f"{base}.{ending} is no checksum") from error
        if said != md5:
            raise ReadError(f"{key} has the md5 {md5}, and {base}.{ending} says {said}")
        return
    raise ReadError(f"{key} has no checksum beside it")


def hexadecimal(text: str) -> str:
    """A checksum as hexadecimal digits, which DynamoDB writes in base64.

    Raises:
        ValueError: it is none.
    """
    text = text.strip().strip('"')
    try:
        raw = bytes.fromhex(text) if len(text) == _HEX else base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    if len(raw) != _HEX // 2:
        raise ValueError(text)
    return raw.hex()
