"""Where exported objects lie: in a bucket, or in a folder that is a copy of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

from botocore.exceptions import ClientError

__all__ = ["BucketObjects", "FolderObjects", "MissingError", "Objects", "Stored"]

_MISSING: Final = ("404", "NoSuchKey", "NotFound")
_ARCHIVED: Final = "InvalidObjectState"
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""


class MissingError(Exception):
    """There is no such object, or none that can be read."""

    def __init__(self, key: str, why: str = "is missing") -> None:
        super().__init__(f"{key} {why}")


@dataclass(frozen=True)
class Stored:
    """An object.

    Attributes:
        size: its bytes.
        etag: its entity tag; empty where there is none.
    """

    size: int
    etag: str


class Objects(Protocol):
    """Objects by their keys, below one place."""

    def open(self, key: str) -> IO[bytes]:
        """A stream of the object, or `MissingError`."""

    def head(self, key: str) -> Stored:
        """What there is of the object, or `MissingError`."""

    def keys(self, folder: str) -> Iterator[str]:
        """The keys of all objects below `folder`, which ends with a slash."""

    def folders(self) -> Iterator[str]:
        """The names of the folders."""

    def below(self, folder: str) -> "Objects":
        """The objects below `folder`."""


class BucketObjects:
    """Objects of a bucket below a prefix."""

    def __init__(self, client: Any, bucket: str, prefix: str, *, owner: str = "") -> None:
        """Read `bucket` by `client`, which keys start with `prefix`, and only where `owner` owns it."""
        self._client = client
        self._bucket: dict[str, str] = {"Bucket": bucket} | ({"ExpectedBucketOwner": owner} if owner else {})
        self._prefix = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""

    def open(self, key: str) -> IO[bytes]:
        """A stream of the object."""
        try:
            answer = self._client.get_object(**self._bucket, Key=self._prefix + key)
        except ClientError as error:
            raise _missing(error, key) from error
        return cast("IO[bytes]", answer["Body"])

    def head(self, key: str) -> Stored:
        """What there is of the object."""
        try:
            answer = self._client.head_object(**self._bucket, Key=self._prefix + key)
        except ClientError as error:
            raise _missing(error, key) from error
        return Stored(int(answer["ContentLength"]), str(answer["ETag"]).strip('"'))

    def put(self, key: str, body: bytes, **more: str) -> None:
        """Write an object."""
        self._client.put_object(**self._bucket, Key=self._prefix + key, Body=body, **more)

    def keys(self, folder: str) -> Iterator[str]:
        """The keys of all objects below `folder`."""
        for page in self._pages(Prefix=self._prefix + folder):
            for each in page.get("Contents", ()):
                yield each["Key"].removeprefix(self._prefix)

    def folders(self) -> Iterator[str]:
        """The names of the folders."""
        for page in self._pages(Prefix=self._prefix, Delimiter="/"):
            for each in page.get("CommonPrefixes", ()):
                yield each["Prefix"].removeprefix(self._prefix).rstrip("/")

    def below(self, folder: str) -> "BucketObjects":
        """The objects below `folder`."""
        owner = self._bucket.get("ExpectedBucketOwner", "")
        return BucketObjects(self._client, self._bucket["Bucket"], self._prefix + folder, owner=owner)

    def _pages(self, **request: str) -> Iterator[Any]:
        yield from self._client.get_paginator("list_objects_v2").paginate(**self._bucket, **request)


class FolderObjects:
    """A copy of a bucket's objects, such as ``aws s3 sync`` makes."""

    def __init__(self, folder: Path) -> None:
        """Read `folder`."""
        self._folder = folder

    def open(self, key: str) -> IO[bytes]:
        """A stream of the object."""
        try:
            return (self._folder / key).open("rb")
        except (FileNotFoundError, IsADirectoryError) as error:
            raise MissingError(key) from error

    def head(self, key: str) -> Stored:
        """What there is of the object."""
        path = self._folder / key
        if not path.is_file():
            raise MissingError(key)
        return Stored(path.stat().st_size, "")

    def keys(self, folder: str) -> Iterator[str]:
        """The keys of all objects below `folder`."""
        for path in sorted((self._folder / folder).rglob("*")):
            if path.is_file():
                yield path.relative_to(self._folder).as_posix()

    def folders(self) -> Iterator[str]:
        """The names of the folders."""
        for path in sorted(self._folder.glob("*/")):
            yield path.name

    def below(self, folder: str) -> "FolderObjects":
        """The objects below `folder`."""
        return FolderObjects(self._folder / folder)


def _missing(error: ClientError, key: str) -> Exception:
    code = error.response.get("Error", {}).get("Code")
    if code == _ARCHIVED:
        return MissingError(key, "is archived, and has to be restored in S3 before it can be read")
    return MissingError(key) if code in _MISSING else error
