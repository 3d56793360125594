"""Takes out of installed packages what a function never reads, and all that differs from build to build."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from constructs_lib.bundling.patterns import Patterns

__all__ = ["strip"]

# What importlib.metadata answers from: version, requirements, entry points, import names.
# https://docs.python.org/3/library/importlib.metadata.html
_METADATA_READ_AT_RUN_TIME = {"METADATA", "entry_points.txt", "top_level.txt"}
_TEST_MODULE = re.compile(r"(?:conftest|test_.*|.*_test)\.py")
# `from pkg.tests import x`, `import pkg.tests`, `from . import tests`
_IMPORTS_TESTS = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]*\btests)\b|import[ \t]+([\w.]*\.tests)\b"
    rb"|from[ \t]+([\w.]+)[ \t]+import\b.*\btests\b)",
    re.MULTILINE,
)


def strip(folder: Path, *, keep: Patterns) -> None:
    """Remove from `folder`, into which packages were installed, what does not belong in a bundle.

    Caches of bytecode; folders named tests that hold test modules, unless code outside of them imports them;
    the metadata that nothing reads at run time; and scripts, which name this machine's interpreter.

    Args:
        folder: where the packages are.
        keep: what stays nevertheless, except scripts.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    test_folders = _test_folders(names)
    imported = _packages_whose_tests_are_imported(folder, names)
    for name in names:
        first = name.partition("/")[0]
        in_tests = first not in imported and any(parent in test_folders for parent in _parents(name))
        path = folder / name
        if _is_script(path, name) or ((in_tests or _needless(name)) and not keep.match(name)):
            path.unlink()
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)


def _needless(name: str) -> bool:
    first, _, rest = name.partition("/")
    if first.endswith(".dist-info"):
        return rest not in _METADATA_READ_AT_RUN_TIME
    return name == ".lock" or name.endswith((".pyc", ".pyo"))


def _is_script(path: Path, name: str) -> bool:
    if not name.startswith(("bin/", "Scripts/")):
        return False
    with path.open("rb") as content:
        return content.read(2) == b"#!" or path.suffix == ".exe"


def _parents(name: str) -> Iterable[str]:
    parts = name.split("/")[:-1]
    return ("/".join(parts[: end + 1]) for end in range(len(parts)))


def _test_folders(names: Iterable[str]) -> set[str]:
    """The outermost folders named tests that hold a test module somewhere."""
    return {
        parent
        for name in names
        if _TEST_MODULE.fullmatch(name.rpartition("/")[2])
        for parent in _parents(name)
        if parent.rpartition("/")[2] == "tests"
    }


def _packages_whose_tests_are_imported(folder: Path, names: Iterable[str]) -> set[str]:
    """The top-level packages of which code outside of tests imports a folder named tests, as in numpy."""
    wanted = set()
    for name in names:
        parts = name.split("/")
        if not name.endswith(".py") or "tests" in parts[:-1]:
            continue
        for groups in _IMPORTS_TESTS.findall((folder / name).read_bytes()):
            module = next(filter(None, groups)).decode()
            wanted.add(parts[0] if module.startswith(".") else module.partition(".")[0])
    return wanted
