"""Folders to bundle, and plans of their bundles."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.bundling import Target
from constructs_lib.bundling.builder import Plan, Recipe
from constructs_lib.bundling.cache import Cache
from tests.bundling.wheelhouse import Wheels

ARM = Target.for_runtime("python3.14", "arm64")


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

    def make(folder: Path, *, cache_folder: Path | None = None, **options: object) -> Plan:
        recipe = Recipe(
            folder=folder,
            extra_folders=(),
            requirements=None,
            exclude=(),
            keep=(),
            exclude_packages=(),
            target=ARM,
        )
        kept = Cache(cache_folder) if cache_folder else cache
        return Plan(replace(recipe, **options), kept)  # type: ignore[arg-type] # tests spell the fields

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
        files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
        return {name: files[name].read_bytes() for name in sorted(files)}

    return read
