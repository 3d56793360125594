"""A boto3 session that reads AWS's service models in half of the time: most of what a function's first client costs."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, overload

import boto3
import botocore.session
from botocore.exceptions import DataNotFoundError
from botocore.loaders import JSONFileLoader, Loader, create_loader

__all__ = ["default_session", "make_session"]

_UNPACKED: Final[dict[str, Callable[[bytes], bytes]]] = {".json": bytes, ".json.gz": gzip.decompress}


def make_session(*, profile_name: str | None = None, **options: Any) -> boto3.session.Session:
    """A boto3 session that starts faster; its clients are boto3's, and do the same.

    Before it makes its first client, botocore lists the folders of all of AWS's services, of which there are more
    than four hundred, and it builds an ordered dictionary in Python for each object in a model's file. This session
    looks for the one service, and takes JSON's own dictionaries, which keep their order too.

    Args:
        profile_name: of the configuration file. Left out, AWS_PROFILE or the default one.
        options: what else boto3's `Session` takes, e.g. ``region_name``, but for a session of botocore.
    """
    session = botocore.session.Session(profile=profile_name)
    # AWS_DATA_PATH is respected: these are the folders that botocore would look in.
    usual = create_loader(session.get_config_variable("data_path"))
    loader = _OneServiceLoader(
        extra_search_paths=list(usual.search_paths),
        include_default_search_paths=False,
        file_loader=_PlainFiles(),
    )
    session.register_component("data_loader", loader)
    return boto3.session.Session(botocore_session=session, **options)


def default_session() -> boto3.session.Session:
    """boto3's default session; if there is none yet, one that starts faster becomes it."""
    if boto3.DEFAULT_SESSION is None:
        boto3.DEFAULT_SESSION = make_session()
    return boto3.DEFAULT_SESSION


class _OneServiceLoader(Loader):
    def list_available_services(self, type_name: str) -> "_Services":  # type: ignore[override]  # a sequence will do
        return _Services(self, type_name)

    def has(self, service: str, type_name: str) -> bool:
        """Whether there is a model of the service."""
        try:
            self.determine_latest_version(service, type_name)
        except DataNotFoundError:
            return False
        return True

    def listed(self, type_name: str) -> list[str]:
        """All services that have such a model, from their folders."""
        return super().list_available_services(type_name)


class _Services(Sequence[str]):
    """All services, which are listed once somebody wants to see more than whether one of them is there."""

    def __init__(self, loader: _OneServiceLoader, type_name: str) -> None:
        self._loader, self._type = loader, type_name

    def __contains__(self, service: object) -> bool:
        return isinstance(service, str) and self._loader.has(service, self._type)

    def __len__(self) -> int:
        return len(self._loader.listed(self._type))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._loader.listed(self._type)[index]


class _PlainFiles(JSONFileLoader):
    def load_file(self, file_path: str) -> Any:
        for ending, unpacked in _UNPACKED.items():
            try:
                content = Path(f"{file_path}{ending}").read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            return json.loads(unpacked(content))
        return None
