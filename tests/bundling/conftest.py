"""Folders to bundle, and wheels that tests make themselves so that they need no network."""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.bundling import Target
from constructs_lib.bundling.builder import Plan, Recipe
from constructs_lib.bundling.cache import Cache

ARM = Target.for_runtime("python3.14", "arm64")


class Wheels:
    """A folder of wheels made here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def add(
        self,
        name: str,
        version: str = "1.0",
        *,
        files: Mapping[str, str] | None = None,
        requires: Iterable[str] = (),
        tag: str = "py3-none-any",
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Make a wheel and return its sha256."""
        info = f"{name}-{version}.dist-info"
        content = {f"{name}/__init__.py": f"__version__ = {version!r}\n"} if files is None else dict(files)
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {other}" for other in requires]
        content[f"{info}/METADATA"] = "\n".join(lines) + "\n"
        content[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"
        content |= {f"{info}/{file}": text for file, text in (metadata or {}).items()}
        content[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*content, f"{info}/RECORD"])
        wheel = self.folder / f"{name}-{version}-{tag}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for file, text in content.items():
                archive.writestr(file, text)
        return hashlib.sha256(wheel.read_bytes()).hexdigest()

    def requirements(self, *lines: str) -> str:
        """A requirements.txt that finds its wheels here and nowhere else."""
        return "\n".join(["--no-index", f"--find-links {self.folder}", *lines, ""])


@pytest.fixture
def wheels(tmp_path: Path) -> Wheels:
    return Wheels(tmp_path / "wheels")


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of the given files, each name to its text."""

    def make(files: Mapping[str, str] | None = None, *, name: str = "code") -> Path:
        root = tmp_path / name
        for file, text in ({"handler.py": "def handler(event, context): ...\n"} | dict(files or {})).items():
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    return make


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def plan(cache: Cache) -> Callable[..., Plan]:
    """Plans the bundle of a folder for Python 3.14 on arm64, or as the options say."""

    def make(folder: Path, **options: object) -> Plan:
        recipe = Recipe(
            folder=folder,
            extra_folders=(),
            requirements=None,
            exclude=(),
            keep=(),
            exclude_packages=(),
            target=ARM,
        )
        return Plan(replace(recipe, **options), cache)  # type: ignore[arg-type] # tests spell the fields

    return make


@pytest.fixture
def no_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test if a program is started."""

    def refuse(*command: object, **_: object) -> None:
        raise AssertionError(f"started {command}")

    monkeypatch.setattr("constructs_lib.bundling.uv.subprocess.run", refuse)


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Reads every file of a folder."""

    def read(root: Path) -> dict[str, bytes]:
        files = sorted(path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}

    return read
