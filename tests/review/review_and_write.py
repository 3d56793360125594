"""``python review_and_write.py`` reviews the template of each path that it reads, and prints what that took.

Each is reviewed, and written in all forms, in a process of its own, which has loaded all that it needs.
"""

import json
import os
import sys
import time
import traceback
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


def taken(path: str) -> dict[str, Any]:
    """What it took this process to review what lies there and to write the review."""
    found: dict[str, Any] = {"error": "", "crashed": [], "findings": 0, "too_large": False}
    try:
        reviewed = review(path)
    except TemplateError as raised:
        found["error"] = str(raised)
    else:
        findings = [each for template in reviewed.templates for each in template.findings]
        found["findings"] = len(findings)
        found["crashed"] = [each.message for each in findings if each.rule == "rule-crashed"]
        found["too_large"] = "too-large-to-review" in {each.rule for each in findings}
        written(reviewed)
    # Not ru_maxrss: that of a child begins with its parent's.
    peak = next(
        each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")
    )
    return {**found, "seconds": time.process_time(), "megabytes": int(peak.split()[1]) / 1_024}


if __name__ == "__main__":
    written(review({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            try:
                answer = taken(line.strip())
            except BaseException:  # noqa: BLE001 - whatever it is, it is told, and the next path gets its answer
                answer = {"crash": traceback.format_exc()}
            print(json.dumps(answer), flush=True)  # noqa: T201 - what it is for
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"crash": f"ended with {status}"}), flush=True)  # noqa: T201 - likewise
