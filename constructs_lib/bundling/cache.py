"""A folder of finished bundles and locks, each named by a digest of what it was made from."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Cache"]

_UNUSED_AFTER = 30 * 24 * 3600  # seconds
_ABANDONED_AFTER = 24 * 3600  # seconds


class Cache:
    """Entries appear whole or not at all: they are made in a temporary folder here and then renamed.

    Two processes that make the same entry at once both succeed; the first one's stays.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made when something is first kept."""
        self.folder = folder
        self._bundles = folder / "bundles"
        self._locks = folder / "locks"

    def bundle(self, digest: str) -> Path | None:
        """The finished bundle of that digest, if there is one."""
        bundle = self._bundles / digest
        if not bundle.is_dir():
            return None
        _mark_used(self._bundles / f"{digest}.used")
        return bundle

    def lock(self, digest: str) -> list[str] | None:
        """The lines kept under that digest, if there are any."""
        lock = self._locks / f"{digest}.txt"
        try:
            lines = lock.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        _mark_used(lock)
        return lines

    def keep_lock(self, digest: str, lines: list[str]) -> None:
        """Keep `lines` under that digest."""
        with self.workshop() as workshop:
            made = workshop / "lock"
            made.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            self._locks.mkdir(exist_ok=True)
            made.replace(self._locks / f"{digest}.txt")

    def keep_bundle(self, digest: str, made: Path) -> Path:
        """Move `made`, a finished folder, under that digest, unless another process was first."""
        self._bundles.mkdir(exist_ok=True)
        bundle = self._bundles / digest
        try:
            made.rename(bundle)
        except OSError:
            if not bundle.is_dir():
                raise
        _mark_used(self._bundles / f"{digest}.used")
        self._prune()
        return bundle

    def file(self, name: str, content: str) -> Path:
        """A small file of that name with that content."""
        path = self.folder / name
        if not path.exists():
            with self.workshop() as workshop:
                made = workshop / name
                made.write_text(content, encoding="utf-8")
                made.replace(path)
        return path

    @contextlib.contextmanager
    def workshop(self) -> Iterator[Path]:
        """A temporary folder on the cache's disk, removed afterwards."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        with tempfile.TemporaryDirectory(
            dir=self.folder, prefix="making-", ignore_cleanup_errors=True
        ) as workshop:
            yield Path(workshop)

    def _prune(self) -> None:
        """Remove entries that nothing used for 30 days, and what killed processes left behind."""
        for mark in self._older("bundles/*.used", _UNUSED_AFTER):
            with contextlib.suppress(OSError), self.workshop() as workshop:
                mark.with_suffix("").rename(workshop / "unused")  # never seen half removed
                mark.unlink()
        for lock in self._older("locks/*.txt", _UNUSED_AFTER):
            lock.unlink(missing_ok=True)
        for abandoned in self._older("making-*", _ABANDONED_AFTER):
            shutil.rmtree(abandoned, ignore_errors=True)

    def _older(self, pattern: str, seconds: float) -> Iterator[Path]:
        for path in list(self.folder.glob(pattern)):
            with contextlib.suppress(FileNotFoundError):  # another process prunes too
                if time.time() - path.stat().st_mtime > seconds:
                    yield path


def _mark_used(mark: Path) -> None:
    with contextlib.suppress(OSError):  # a cache that cannot be written to can still be read
        mark.touch()
