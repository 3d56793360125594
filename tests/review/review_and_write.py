"""``python review_and_write.py PATH`` reviews what lies there, writes it in all forms, and prints what it took."""

import json
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from constructs_lib.review.output.html import html_of
from constructs_lib.review.output.json_form import json_of
from constructs_lib.review.output.markdown import LONGEST, markdown_of
from constructs_lib.review.output.sarif import sarif_of
from constructs_lib.review.output.text import print_review
from constructs_lib.review.report import Review
from constructs_lib.review.reviewing import review
from constructs_lib.template import TemplateError

__all__ = ["FORMS", "written"]


def _text(reviewed: Review) -> str:
    file = StringIO()
    print_review(reviewed, Console(file=file, width=100), verbose=True)
    return file.getvalue()


def _markdown(reviewed: Review) -> str:
    text = markdown_of(reviewed)
    assert len(text) <= LONGEST
    return text


def _json(reviewed: Review) -> str:
    return _parsed(json_of(reviewed))


def _sarif(reviewed: Review) -> str:
    return _parsed(sarif_of(reviewed))


def _parsed(text: str) -> str:
    """A text that is JSON: NaN and Infinity are none."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    json.loads(text, parse_constant=refuse)
    return text


FORMS: Final[dict[str, Callable[[Review], str]]] = {
    "text": _text,
    "markdown": _markdown,
    "json": _json,
    "sarif": _sarif,
    "html": html_of,
}


def written(reviewed: Review) -> dict[str, int]:
    """The review in all forms: how many bytes each has in a file."""
    return {name: len(form(reviewed).encode("utf-8", "backslashreplace")) for name, form in FORMS.items()}


if __name__ == "__main__":
    started = time.process_time()
    taken: dict[str, Any] = {"error": "", "crashed": [], "findings": 0, "too_large": False}
    try:
        found = review(sys.argv[1])
    except TemplateError as raised:
        taken["error"] = str(raised)
    else:
        findings = [each for template in found.templates for each in template.findings]
        taken["findings"] = len(findings)
        taken["crashed"] = [each.message for each in findings if each.rule == "rule-crashed"]
        taken["too_large"] = "too-large-to-review" in {each.rule for each in findings}
        taken["bytes"] = written(found)
    taken["seconds"] = time.process_time() - started
    # Not ru_maxrss: that of a child begins with its parent's.
    peak = next(
        each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")
    )
    taken["megabytes"] = int(peak.split()[1]) / 1_024
    print(json.dumps(taken))  # noqa: T201 - what it is for
