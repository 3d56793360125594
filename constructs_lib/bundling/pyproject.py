"""What a pyproject.toml asks for, and whether the uv.lock beside it still holds that."""

import re
import tomllib
from pathlib import Path
from typing import Any

from constructs_lib.bundling.errors import BundlingError
from constructs_lib.bundling.names import normal_name

__all__ = ["dependencies", "project_of", "require_current_lock"]


def dependencies(path: Path) -> tuple[str, ...]:
    """The dependencies in the pyproject.toml at `path`.

    Raises:
        BundlingError: it is no TOML, or they are dynamic, so that only a build of the project could tell.
    """
    project = _toml(path).get("project", {})
    if "dependencies" in project.get("dynamic", ()):
        raise BundlingError(
            f"{path} has dynamic dependencies.",
            remedy="List them there, lock them with `uv lock`, or give requirements.",
        )
    return tuple(project.get("dependencies", ()))


def project_of(lock: Path) -> Path:
    """The pyproject.toml that the uv.lock at `lock` was made from.

    Raises:
        BundlingError: there is none.
    """
    project = lock.with_name("pyproject.toml")
    if not project.is_file():
        raise BundlingError(
            f"{lock} has no pyproject.toml beside it.",
            remedy="Add the one that it was locked from, or remove it.",
        )
    return project


def require_current_lock(lock: Path) -> None:
    """Check that the uv.lock at `lock` was made from what the pyproject.toml beside it asks for now.

    Names and version specifiers are compared here, since `uv lock --check` needs an interpreter of the
    project's Python version, which the machine that bundles need not have.

    Raises:
        BundlingError: it was not, or one of the files is no TOML.
    """
    project = _toml(project_of(lock)).get("project", {})
    if "dependencies" in project.get("dynamic", ()):
        return
    wanted = {_comparable(requirement) for requirement in project.get("dependencies", ())}
    locked = {
        (normal_name(entry["name"]), _clauses(entry.get("specifier", "")))
        for package in _toml(lock).get("package", ())
        if normal_name(package["name"]) == normal_name(project.get("name", ""))
        for entry in package.get("metadata", {}).get("requires-dist", ())
        if "extra ==" not in entry.get("marker", "")
    }
    if changed := sorted({name for name, _ in wanted ^ locked}):
        raise BundlingError(
            f"{lock} is stale: what pyproject.toml asks for differs in {', '.join(changed)}.",
            remedy="Run `uv lock` there and commit the result.",
        )


def _comparable(requirement: str) -> tuple[str, tuple[str, ...]]:
    bare = re.sub(r"\[[^]]*\]|[()]", "", requirement.split(";", maxsplit=1)[0]).strip()
    specifier = re.sub(r"^[\w.-]+", "", bare).strip()
    return normal_name(bare), () if specifier.startswith("@") else _clauses(specifier)


def _clauses(specifier: str) -> tuple[str, ...]:
    return tuple(sorted("".join(clause.split()) for clause in specifier.split(",") if clause.strip()))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BundlingError(f"{path} is no TOML: {error}.", remedy="Correct that file.") from error
