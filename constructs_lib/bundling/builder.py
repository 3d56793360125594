"""Plans a bundle, which names it by its content, and builds it. Standard library and uv only."""

import hashlib
import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.bundling import requirements, sources
from constructs_lib.bundling.cache import Cache
from constructs_lib.bundling.errors import BundlingError
from constructs_lib.bundling.lock import Lock
from constructs_lib.bundling.patterns import Patterns
from constructs_lib.bundling.strip import strip
from constructs_lib.bundling.target import Target

__all__ = ["Plan", "Recipe"]

# Raise it whenever the same inputs make another bundle, e.g. after a change of what is stripped.
_FORMAT = 1
# 1980-01-02, the first day that a zip file can hold in every time zone.
_TIME = 315_619_200
# Bytes of a deployment package and its layers once extracted: 250 MB.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LARGEST_BUNDLE = 250 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that decides what a bundle holds; `PythonCode` says what each part means."""

    folder: Path
    extra_folders: tuple[Path, ...]
    requirements: Path | None
    exclude: tuple[str, ...]
    keep: tuple[str, ...]
    exclude_packages: tuple[str, ...]
    target: Target


class Plan:
    """What one bundle will hold. Making a plan reads files, and starts nothing."""

    def __init__(self, recipe: Recipe, cache: Cache) -> None:
        """Read the sources and the requirements of `recipe`.

        Raises:
            BundlingError: a folder or file is missing, or a requirement cannot be bundled.
        """
        self._recipe = recipe
        self._cache = cache
        self._sources = sources.collect(
            (recipe.folder, *recipe.extra_folders),
            exclude=Patterns((*sources.DEFAULT_EXCLUDE, *recipe.exclude)),
            keep=Patterns(recipe.keep),
            skip=cache.folder,
        )
        required = requirements.find(recipe.folder, recipe.requirements)
        self._lock = required and Lock(
            required, target=recipe.target, exclude=recipe.exclude_packages, cache=cache
        )
        self._resolved = self._lock.recall() if self._lock else []

    @property
    def digest(self) -> str:
        """Names the bundle by all that decides its bytes, and by nothing of this machine.

        It covers the sources (content, path in the bundle, executable bit) and, if anything is installed, the
        exact versions, the target and the kept patterns. Without anything to install, bundles for all targets
        are the same bytes, so they share a name. While versions are unknown, the requirements as written
        stand in for them.
        """
        installed: object = self._resolved
        if self._resolved is None and self._lock:
            installed = self._lock.digest
        target = self._recipe.target
        about_packages = [installed, target.python_version, target.platform, sorted(self._recipe.keep)]
        files = [[file.name, file.executable, file.sha256] for file in self._sources]
        content = json.dumps([_FORMAT, files, about_packages if installed else []])
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def unpinned(self) -> list[str]:
        """The distributions whose versions were chosen by uv on this machine, not by the requirements."""
        return self._lock.unpinned(self._resolved) if self._lock and self._resolved else []

    def finished(self) -> Path | None:
        """The bundle's folder, if the bundle was built before."""
        return None if self._resolved is None else self._cache.bundle(self.digest)

    def build(self) -> Path:
        """Resolve and install what is not in the cache; return the bundle's folder.

        Raises:
            BundlingError: uv is missing or failed, files collide, or the bundle is too large for Lambda.
        """
        if self._resolved is None and self._lock:
            self._resolved = self._lock.resolve()
        if finished := self.finished():
            return finished
        with self._cache.workshop() as workshop:
            bundle = workshop / "bundle"
            bundle.mkdir()
            if self._lock and self._resolved:
                self._lock.install(self._resolved, bundle, workshop=workshop)
                strip(bundle, keep=Patterns(self._recipe.keep))
            for file in self._sources:
                _add(file, bundle)
            _require_fitting(bundle)
            _settle(bundle, executable={file.name: file.executable for file in self._sources})
            return self._cache.keep_bundle(self.digest, bundle)


def _add(file: sources.SourceFile, bundle: Path) -> None:
    path = bundle / file.name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as copy, file.path.open("rb") as content:
            shutil.copyfileobj(content, copy)
    except (FileExistsError, NotADirectoryError) as error:
        raise BundlingError(
            f"{file.path} and a required package would both be {file.name!r} in the bundle.",
            remedy="Rename it, leave it out with exclude, or leave the package out with exclude_packages.",
        ) from error


def _require_fitting(bundle: Path) -> None:
    sizes: Counter[str] = Counter()
    for path in bundle.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(bundle).parts[0]] += path.stat().st_size
    if sizes.total() > _LARGEST_BUNDLE:
        largest = ", ".join(f"{name} {size / 1024**2:.0f} MB" for name, size in sizes.most_common(5))
        raise BundlingError(
            f"the bundle is {sizes.total() / 1024**2:.0f} MB unzipped, and Lambda takes up to 250 MB "
            f"(the largest parts: {largest}).",
            remedy="Leave more out with exclude and exclude_packages, or use a container image.",
        )


def _settle(bundle: Path, *, executable: dict[str, bool]) -> None:
    """Give everything the same time, and permissions that Lambda can read whatever this user's umask is."""
    for path in (bundle, *bundle.rglob("*")):
        name = path.relative_to(bundle).as_posix()
        runs = path.is_dir() or executable.get(name, bool(path.stat().st_mode & 0o100))
        path.chmod(0o755 if runs else 0o644)
    for path in (*bundle.rglob("*"), bundle):
        os.utime(path, (_TIME, _TIME))
