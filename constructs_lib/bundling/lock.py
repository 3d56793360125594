"""Turns requirements into a list of exact versions for one target, and installs that list."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from constructs_lib.bundling import uv
from constructs_lib.bundling.cache import Cache
from constructs_lib.bundling.names import exact_version, normal_name
from constructs_lib.bundling.pyproject import require_current_lock
from constructs_lib.bundling.requirements import Requirements, requirement_lines
from constructs_lib.bundling.target import Target

__all__ = ["Lock"]

_PLAIN = ("--no-header", "--no-annotate")


class Lock:
    """The exact versions of `requirements` for `target`, which the cache remembers."""

    def __init__(
        self, requirements: Requirements, *, target: Target, exclude: Iterable[str], cache: Cache
    ) -> None:
        """Leave out the distributions named in `exclude`, and nothing that they require."""
        self._requirements = requirements
        self._target = target
        self._excluded = {normal_name(name) for name in exclude}
        self._cache = cache
        parts = (requirements.path.name, requirements.digest, target.python_version, target.platform)
        self.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def recall(self) -> list[str] | None:
        """The exact versions, one requirement a line, or None if uv must be asked first."""
        if self._requirements.hashed:
            lines: list[str] | None = sorted(self._requirements.lines)
        else:
            lines = self._cache.lock(self.digest)
        return None if lines is None else self._bundled(lines)

    def resolve(self) -> list[str]:
        """Ask uv for the exact versions, unless they are known.

        Raises:
            BundlingError: a uv.lock is stale, a requirement has no wheel for the target, or uv failed.
        """
        known = self.recall()
        if known is not None:
            return known
        lines = self._ask()
        self._cache.keep_lock(self.digest, lines)
        return self._bundled(lines)

    def unpinned(self, lines: Iterable[str]) -> list[str]:
        """The distributions in `lines` whose versions uv chose, since the requirements leave them open."""
        if self._requirements.hashed or self._requirements.path.name == "uv.lock":
            return []
        pinned = {exact_version(line) for line in self._requirements.lines}
        return [normal_name(line) for line in lines if exact_version(line) not in pinned]

    def install(self, lines: Sequence[str], folder: Path, *, workshop: Path) -> None:
        """Install `lines`, which `resolve` gave, into `folder`.

        Raises:
            BundlingError: a requirement has no wheel for the target, or uv failed.
        """
        listed = workshop / "requirements.txt"
        listed.write_text("\n".join((*self._requirements.options, *lines, "")), encoding="utf-8")
        # Copies, since the bundle's times and permissions must not reach the files in uv's own cache.
        arguments = ["pip", "install", "--target", str(folder), "--requirements", str(listed)]
        arguments += ["--link-mode", "copy"]
        if any("--hash=" in line for line in lines):
            arguments.append("--require-hashes")
        if self._excluded or not self._requirements.hashed:
            arguments.append("--no-deps")  # the list is complete, or is meant not to be
        self._uv([*arguments, *uv.target_options(self._target)])

    def _ask(self) -> list[str]:
        path = self._requirements.path
        if path.name == "uv.lock":
            require_current_lock(path)
            arguments = ["export", "--frozen", "--no-default-groups", "--no-emit-project", *_PLAIN]
            return requirement_lines(self._uv(arguments), path)
        arguments = ["pip", "compile", str(path.absolute()), *_PLAIN, *uv.target_options(self._target)]
        return requirement_lines(self._uv(arguments), path)

    def _uv(self, arguments: list[str]) -> str:
        return uv.run(arguments, origin=self._requirements.path, target=self._target)

    def _bundled(self, lines: Iterable[str]) -> list[str]:
        return [line for line in lines if normal_name(line) not in self._excluded]
