"""Wheels that tests make themselves, so that they need no network."""

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path


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
