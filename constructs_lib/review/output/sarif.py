"""A review as SARIF 2.1.0, which GitHub code scanning and editors show beside the lines of a template.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from constructs_lib.review.finding import OURS, Finding
from constructs_lib.review.output.words import counted
from constructs_lib.review.report import Review, TemplateReview
from constructs_lib.review.rules import RULES

__all__ = ["MOST_RESULTS", "sarif_of"]

MOST_RESULTS: Final = 25_000
"""Of a run; GitHub refuses files with more.
https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit"""
_LONGEST: Final = 1_024
"""Characters of a rule's description, as GitHub takes them."""
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_FINGERPRINTS: Final = ("constructsLib/v1", "primaryLocationLineHash")
"""GitHub reads the second one, whatever it was made of."""
_KEY: Final = re.compile(r"""^([ \t]*)(["']?)([A-Za-z0-9]+)\2[ \t]*:""")


def sarif_of(review: Review) -> str:
    """`review` as SARIF text, the worst findings first where there are more than GitHub takes.

    Paths are relative to the current folder where they lie in it. What is acknowledged is left out: code scanning would
    show it as an alert, since it does not read SARIF's suppressions.
    """
    places = [
        (finding, each, line)
        for each, lines in ((each, _Lines(each)) for each in review.templates)
        for finding, line in ((finding, lines.of(finding)) for finding in each.open)
    ]
    places.sort(key=lambda each: -each[0].severity.rank)
    kept, left = places[:MOST_RESULTS], places[MOST_RESULTS:]
    rules = _rules(finding for finding, _, _ in kept)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {
        "name": OURS,
        "semanticVersion": _version(),
        "informationUri": "https://pypi.org/project/constructs-lib/",
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "invocations": [_invocation([finding for finding, _, _ in left])],
        "results": [_result(*each, index) for each in kept],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _invocation(left: list[Finding]) -> dict[str, Any]:
    said = f"{len(left)} findings are left out, as GitHub takes {MOST_RESULTS}: {counted(left)}."
    notifications = [{"level": "warning", "message": {"text": said}}] if left else []
    return {"executionSuccessful": True, "toolExecutionNotifications": notifications}


class _Lines:
    """Where the resources of a template begin in its file."""

    def __init__(self, review: TemplateReview) -> None:
        self._resources = review.reading.template.resources
        source = review.reading.template.source
        try:
            text = source.read_text(encoding="utf-8-sig") if source else ""
        except (OSError, ValueError):
            text = ""
        self._first = dict(_below_resources(text.split("\n")))

    def of(self, finding: Finding) -> tuple[int, int]:
        """The line of a resource and its length; the first line where it is not found."""
        resource = self._resources.get(finding.logical_id)
        names = (finding.logical_id, resource.made_by or "" if resource else "")
        return next((self._first[name] for name in names if name in self._first), (1, 1))


def _below_resources(lines: list[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each key directly below the outermost one that is called Resources, with its line and that line's length."""
    keys = [
        (number, each, found) for number, each in enumerate(lines, start=1) if (found := _KEY.match(each))
    ]
    sections = [(len(found[1]), number) for number, _, found in keys if found[3] == "Resources"]
    if not sections:
        return
    outer, start = min(sections)
    indent = None
    for number, line, found in keys:
        if number <= start:
            continue
        if len(found[1]) <= outer:
            return
        indent = len(found[1]) if indent is None else indent
        if len(found[1]) == indent:
            yield found[3], (number, len(line))


def _result(
    finding: Finding, review: TemplateReview, line: tuple[int, int], rules: dict[str, int]
) -> dict[str, Any]:
    number, length = line
    name = "/".join(filter(None, (review.stack, finding.construct_path or finding.logical_id)))
    fingerprint = _fingerprint(finding, name)
    return {
        "ruleId": _id(finding),
        "ruleIndex": rules[_id(finding)],
        "level": finding.severity.value,
        "message": {"text": f"{finding.message} {finding.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(review.path)},
                    "region": {
                        "startLine": number,
                        "startColumn": 1,
                        "endLine": number,
                        "endColumn": length + 1,
                    },
                },
                "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
            }
        ],
        "partialFingerprints": dict.fromkeys(_FINGERPRINTS, fingerprint),
    }


def _uri(path: str) -> str:
    """A path below the current folder as it is, another one as an address; the name of a stack that has no file."""
    absolute = Path(path).resolve()
    if absolute.is_relative_to(Path.cwd()):
        return quote(absolute.relative_to(Path.cwd()).as_posix(), errors="backslashreplace")
    return absolute.as_uri()


def _fingerprint(finding: Finding, name: str) -> str:
    """What stays the same while lines move: the rule, the resource, and what was said without figures and hashes."""
    said = finding.message.replace(finding.logical_id, "") if finding.logical_id else finding.message
    said = "\n".join((_id(finding), name, re.sub(r"\d+", "#", said)))
    return hashlib.sha256(said.encode(errors="backslashreplace")).hexdigest()[:32]


def _id(finding: Finding) -> str:
    return finding.rule if finding.origin == OURS else f"{finding.origin}/{finding.rule}"


def _rules(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The rules that found something, and nothing of the others: a file for each of two hundred would be large."""
    known = {each.id: each for each in RULES}
    found: dict[str, dict[str, Any]] = {}
    for finding in findings:
        if _id(finding) in found:
            continue
        rule = known.get(finding.rule) if finding.origin == OURS else None
        said = {"text": (rule.sentence if rule else finding.message)[:_LONGEST]}
        remedy = rule.remedy if rule else finding.remedy
        found[_id(finding)] = {
            "id": _id(finding),
            "shortDescription": said,
            "fullDescription": said,
            "help": {"text": remedy, "markdown": f"{remedy}\n\n[Source]({finding.source})"},
            "helpUri": finding.source,
            "defaultConfiguration": {"level": (rule.severity if rule else finding.severity).value},
            "properties": {"tags": list(filter(None, ["resilience", finding.family]))},
        }
    return list(found.values())


def _version() -> str:
    try:
        return version("constructs-lib")
    except PackageNotFoundError:  # in a checkout that is not installed
        return "0.0.0"
