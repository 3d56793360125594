"""The source files of a bundle: what is in, what is left out, and a digest of each."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.bundling.errors import BundlingError
from constructs_lib.bundling.patterns import Patterns

__all__ = ["DEFAULT_EXCLUDE", "SourceFile", "collect"]

DEFAULT_EXCLUDE = (
    ".*",  # .git, .venv, .env, .DS_Store, caches of tools
    "__pycache__",
    "*.py[co]",
    "*.egg-info",
    "/tests",
    "/venv",
    "/cdk.out",
    "/requirements*.txt",
    "/requirements*.in",
    "/pyproject.toml",
    "/uv.lock",
)
"""Source files that are never bundled unless `keep` names them."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the bundle that comes from a source folder.

    Attributes:
        name: its path in the bundle, with forward slashes.
        path: where it lies.
        executable: whether its owner may execute it.
        sha256: of its content.
    """

    name: str
    path: Path
    executable: bool
    sha256: str


def collect(folders: Iterable[Path], *, exclude: Patterns, keep: Patterns, skip: Path) -> list[SourceFile]:
    """The files of all `folders`, sorted by name; their contents share one root.

    Links are followed, so that a bundle holds what they point to.

    Args:
        folders: each is an existing folder.
        exclude: what to leave out.
        keep: what to take although it is excluded.
        skip: a folder that is left out wherever it lies: the cache.

    Raises:
        BundlingError: a path is no folder, nothing is left, or two folders differ in a file of one name.
    """
    found: dict[str, SourceFile] = {}
    skip = skip.resolve()
    for folder in folders:
        _require_folder(folder)
        for name, path in _walk(folder, "", exclude, keep, (skip, folder.resolve())):
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            file = SourceFile(name, path, bool(path.stat().st_mode & 0o100), digest)
            other = found.setdefault(name, file)
            if other.sha256 != digest:
                raise BundlingError(
                    f"{other.path} and {path} would both be {name!r} in the bundle.",
                    remedy="Rename one, or leave one out with exclude.",
                )
    if not found:
        raise BundlingError(
            f"{', '.join(map(str, folders))} holds no file to bundle.",
            remedy="Give a folder with source files. exclude and DEFAULT_EXCLUDE leave files out, keep takes "
            "them back.",
        )
    return [found[name] for name in sorted(found)]


def _require_folder(folder: Path) -> None:
    if not folder.exists():
        raise BundlingError(
            f"the code folder {str(folder)!r} does not exist (looked at {folder.absolute()}).",
            remedy="Give an existing folder; a relative path starts where the app runs.",
        )
    if not folder.is_dir():
        raise BundlingError(
            f"the code folder {str(folder)!r} is a file.", remedy="Give the folder that it lies in."
        )


def _walk(
    folder: Path, prefix: str, exclude: Patterns, keep: Patterns, above: tuple[Path, ...]
) -> Iterator[tuple[str, Path]]:
    for path in folder.iterdir():
        name = f"{prefix}{path.name}"
        left_out = exclude.match(name) and not keep.match(name)
        if path.is_dir():
            real = path.resolve()
            if real in above:
                if real == above[0] or left_out:
                    continue
                raise BundlingError(
                    f"{path} is a link to a folder that it lies in.",
                    remedy=f"Remove it, or exclude {name!r}.",
                )
            if not left_out or keep:
                yield from _walk(path, f"{name}/", exclude, keep, (*above, real))
        elif not left_out:
            if not path.exists():
                raise BundlingError(f"{path} is a broken link.", remedy=f"Repair it, or exclude {name!r}.")
            yield name, path
