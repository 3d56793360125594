"""A headless Chromium for tests of pages: the one that npm's @sparticuz/chromium ships, and nothing of the machine's.

It is set up on first use in `.cache/chromium`, from the versions in `tests/chromium/package-lock.json`.
"""

import base64
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, Self

import pytest

from tests.synthesis import ROOT

__all__ = ["Browser", "Page"]

_SOURCE: Final = ROOT / "tests/chromium"
_HOME: Final = ROOT / ".cache/chromium"
_STAMP: Final = "complete"
_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{home}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{home}/fonts-cache</cachedir>
  <alias binding="strong"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="strong"><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
"""


class Page:
    """A page in the browser; see https://pptr.dev/api/puppeteer.page for what `call` can do."""

    def __init__(self, browser: "Browser", page: int) -> None:
        self._browser = browser
        self._page = page

    def call(self, method: str, *given: Any, part: str = "") -> Any:
        """Call a method of puppeteer's page, or of a part of it."""
        return self._browser.ask("call", id=self._page, part=part, method=method, given=given)

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        return self.call("evaluate", script)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.call("press", key, part="keyboard")

    def write(self, text: str) -> None:
        """Type a text."""
        self.call("type", text, part="keyboard")

    def click(self, selector: str) -> None:
        """Click on the first element that a selector finds."""
        self.call("click", selector)

    def show_on_paper(self) -> None:
        """Look as it does in print."""
        self.call("emulateMediaType", "print")

    def pdf(self) -> bytes:
        """The page printed."""
        return base64.b64decode(self.call("pdf", {"format": "A4", "printBackground": True}))

    def picture(self, *, whole: bool = False) -> bytes:
        """What is seen, or the whole page, as a PNG."""
        return base64.b64decode(self.call("screenshot", {"fullPage": whole}))

    def axe(self) -> list[dict[str, Any]]:
        """What axe-core finds inaccessible."""
        found: list[dict[str, Any]] = self._browser.ask("axe", id=self._page)
        return found

    @property
    def problems(self) -> list[str]:
        """What was written to the console, and requests that failed or left the machine."""
        found: list[str] = self._browser.ask("problems", id=self._page)
        return found

    def close(self) -> None:
        """Close it."""
        self.call("close")


class Browser:
    """A running Chromium."""

    def __init__(self) -> None:
        home = _set_up()
        self._driver = subprocess.Popen(
            [
                _tool("node"),
                home / "driver.mjs",
                home / "unpacked/chromium",
                home / "unpacked/al2023/lib",
                home / "fonts.conf",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.communicate(timeout=60)

    def ask(self, action: str, **request: Any) -> Any:
        """Have the driver do something."""
        assert self._driver.stdin
        assert self._driver.stdout
        self._driver.stdin.write(json.dumps({"action": action, **request}) + "\n")
        self._driver.stdin.flush()
        line = self._driver.stdout.readline()
        if not line:
            pytest.fail(
                f"Chromium ended with code {self._driver.wait()}; what it said is in the captured stderr."
            )
        answer = json.loads(line)
        if "error" in answer:
            pytest.fail(answer["error"])
        return answer["result"]

    def open(
        self,
        file: Path,
        *,
        fragment: str = "",
        width: int = 1280,
        height: int = 900,
        scheme: Literal["light", "dark"] = "light",
        scripts: bool = True,
    ) -> Page:
        """Open a file of this machine."""
        url = file.resolve().as_uri() + (f"#{fragment}" if fragment else "")
        page = self.ask("open", url=url, width=width, height=height, scheme=scheme, scripts=scripts)
        return Page(self, page)

    @property
    def libraries(self) -> set[Path]:
        """The shared libraries that its process has loaded."""
        maps = Path(f"/proc/{self.ask('process')}/maps").read_text(encoding="utf-8")
        return {Path(line.split()[-1]) for line in maps.splitlines() if ".so" in line}


def _set_up() -> Path:
    """Install what the lockfile names, once; the folder in which it is."""
    _HOME.mkdir(parents=True, exist_ok=True)
    wanted = (_SOURCE / "package-lock.json").read_text(encoding="utf-8")
    with _locked():
        stamp = _HOME / _STAMP
        for each in ("package.json", "package-lock.json", ".npmrc", "driver.mjs", "unpack.mjs"):
            shutil.copy(_SOURCE / each, _HOME)
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            stamp.unlink(missing_ok=True)
            unpacked = _HOME / "unpacked"
            shutil.rmtree(unpacked, ignore_errors=True)
            unpacked.mkdir()
            (_HOME / "fonts.conf").write_text(_FONTS.format(home=unpacked), encoding="utf-8")
            _run("npm", "ci")
            _run("node", "unpack.mjs", TMPDIR=str(unpacked))
            stamp.write_text(wanted, encoding="utf-8")
    return _HOME


@contextmanager
def _locked() -> Iterator[None]:
    """One process at a time; the lock goes with the process that holds it."""
    with (_HOME / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(tool: str, *arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [_tool(tool), *arguments],
        cwd=_HOME,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{tool} {' '.join(arguments)}: {done.stderr or done.stdout}"


def _tool(name: str) -> Path:
    """Node's tools come with the requirements, like everything else that tests need."""
    return ROOT / ".venv/bin" / name
