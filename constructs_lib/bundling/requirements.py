"""The requirements of a folder: where they stand, and whether they name every version already."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.bundling.errors import BundlingError
from constructs_lib.bundling.pyproject import dependencies, project_of

__all__ = ["Requirements", "find", "requirement_lines"]

# In this order: what names every version comes first.
_NAMES = ("uv.lock", "requirements.txt", "pyproject.toml")
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)[ =]*(.+)")
_FIND_LINKS = re.compile(r"(?:-f|--find-links)[ =]*(.+)")
_NAMED = re.compile(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^]]*\]\s*)?(?:$|[=<>~!;(]|--|@\s*https?://)|https?://")


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a folder requires, as it is written down.

    Attributes:
        path: a requirements.txt, pyproject.toml or uv.lock.
        digest: of its content and of all it includes; for a uv.lock also of the pyproject.toml beside it.
        lines: the requirements, included files' too; empty for a uv.lock.
        options: the index options of a requirements.txt, for pip and uv.
    """

    path: Path
    digest: str
    lines: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def hashed(self) -> bool:
        """Whether the file names every version and hash already, so that there is nothing to resolve."""
        return any("--hash=" in line for line in self.lines)


def find(folder: Path, override: Path | None) -> Requirements | None:
    """The requirements of `folder`: `override`, else its uv.lock, requirements.txt or pyproject.toml.

    None if there is no such file or it requires nothing.

    Raises:
        BundlingError: `override` or an included file does not exist, or a requirement cannot be bundled.
    """
    path = override or next((folder / name for name in _NAMES if (folder / name).is_file()), None)
    if path is None:
        return None
    if not path.is_file():
        raise BundlingError(
            f"requirements is {str(path)!r}, which is no file.",
            remedy="Give a requirements.txt, a pyproject.toml or a uv.lock.",
        )
    if path.name == "uv.lock":
        return Requirements(path=path, digest=_digest([project_of(path), path]))
    if path.name == "pyproject.toml":
        lines = dependencies(path)
        return Requirements(path=path, digest=_digest([path]), lines=lines) if lines else None
    files: list[Path] = []
    logical = tuple(_read(path, files))
    lines = tuple(line for line in logical if not line.startswith("-"))
    options = tuple(line for line in logical if line.startswith("-"))
    return Requirements(path=path, digest=_digest(files), lines=lines, options=options) if lines else None


def requirement_lines(text: str, origin: Path) -> list[str]:
    """The requirements in the text of a requirements.txt, one line each, sorted, without comments.

    Raises:
        BundlingError: one is a local path, an editable or a version control requirement.
    """
    lines = list(_logical_lines(text))
    for line in lines:
        _require_bundled(line, origin)
    return sorted(line for line in lines if not line.startswith("-"))


def _digest(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def _logical_lines(text: str) -> Iterator[str]:
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        if bare := " ".join(re.sub(r"(^|\s)#.*", "", line).split()):
            yield bare


def _read(path: Path, files: list[Path]) -> Iterator[str]:
    """The lines of `path` and of what it includes; `files` collects what was read, constraints too."""
    if path in files:
        return
    files.append(path)
    for line in _logical_lines(path.read_text(encoding="utf-8-sig", errors="replace")):
        if include := _INCLUDE.fullmatch(line):
            other = path.parent / include[1].strip().strip("\"'")
            if not other.is_file():
                raise BundlingError(
                    f"{path} includes {other}, which is no file.", remedy="Correct that line."
                )
            included = list(_read(other, files))
            if line.startswith(("-r", "--requirement")):
                yield from included
        elif links := _FIND_LINKS.fullmatch(line):
            local = path.parent / links[1]
            yield f"--find-links {local.absolute() if local.is_dir() else links[1]}"
        else:
            _require_bundled(line, path)
            yield line


def _require_bundled(line: str, origin: Path) -> None:
    option = line.startswith(("--", "-i ")) and not line.startswith("--editable")
    if not option and not _NAMED.match(line):
        raise BundlingError(
            f"{origin} requires {line!r}: local, editable and VCS requirements are not bundled.",
            remedy="Give a folder of local code as one of extra_folders; build anything else into a wheel "
            "and require it by name with --find-links and its folder.",
        )
