"""``python -m benchmarks.public_templates LIST`` reviews templates that nobody here wrote, for a person to judge."""

import argparse
import json
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from constructs_lib.review import review
from constructs_lib.review.finding import OURS, Finding, Severity
from constructs_lib.review.rule import CRASHED
from constructs_lib.review.unusable import UnusableError
from constructs_lib.template import TemplateError

__all__ = ["Outcome", "as_json", "main", "print_outcomes", "reviewed"]

_SLOWEST_SHOWN = 5
_FRAMES = -4
"""The innermost frames of a traceback say where it was."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one file.

    Attributes:
        path: of the file, as the list says it.
        seconds: until it was reviewed, or was given up.
        read: whether it was reviewed.
        findings: of this library's rules.
        unusable: why it is no template; None where it is one.
        crashes: the traceback of the review, and the messages of rules that crashed.
    """

    path: str
    seconds: float
    read: bool = False
    findings: tuple[Finding, ...] = ()
    unusable: str | None = None
    crashes: tuple[str, ...] = ()

    def of(self, severity: Severity) -> Iterator[Finding]:
        """The findings of that severity."""
        return (each for each in self.findings if each.severity is severity)


def reviewed(path: str) -> Outcome:
    """Review one file; whatever happens is an outcome."""
    started = time.perf_counter()
    try:
        found = [each for template in review(path).templates for each in template.findings]
    except (TemplateError, UnusableError) as error:
        return Outcome(path=path, seconds=time.perf_counter() - started, unusable=str(error))
    except Exception:  # noqa: BLE001 - whatever else is raised is a crash, and is counted
        crash = traceback.format_exc(limit=_FRAMES)
        return Outcome(path=path, seconds=time.perf_counter() - started, crashes=(crash,))
    return Outcome(
        path=path,
        seconds=time.perf_counter() - started,
        read=True,
        findings=tuple(each for each in found if each.origin == OURS and each.rule != CRASHED),
        crashes=tuple(each.message for each in found if each.rule == CRASHED),
    )


def reasons(outcomes: Sequence[Outcome]) -> Counter[str]:
    """Why files could not be used; what differs only in its file and its numbers is one reason."""
    why = [(each.path, each.unusable) for each in outcomes if each.unusable is not None]
    named = [re.sub(re.escape(path) + r"[^\s:]*", "FILE", reason) for path, reason in why]
    return Counter(re.sub(r"\d+", "N", " ".join(reason.split())) for reason in named)


def by_rule(outcomes: Sequence[Outcome]) -> list[tuple[Severity, str, int, int]]:
    """Severity, rule, its findings, and the files that have any; the worst and the most first."""
    of_files = [[(each.severity, each.rule) for each in outcome.findings] for outcome in outcomes]
    findings = Counter(pair for pairs in of_files for pair in pairs)
    files = Counter(pair for pairs in of_files for pair in set(pairs))
    rows = [(severity, rule, count, files[severity, rule]) for (severity, rule), count in findings.items()]
    return sorted(rows, key=lambda row: (-row[0].rank, -row[2], row[1]))


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All of it as data, the findings of every severity included."""
    return {
        "read": sum(each.read for each in outcomes),
        "seconds": sum(each.seconds for each in outcomes),
        "unusable": reasons(outcomes),
        "rules": [
            {"severity": severity, "rule": rule, "findings": findings, "files": files}
            for severity, rule, findings, files in by_rule(outcomes)
        ],
        "files": [asdict(each) for each in outcomes],
    }


def print_outcomes(console: Console, outcomes: Sequence[Outcome]) -> None:
    """The figures, and all that a person has to look at."""

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    seconds = sum(each.seconds for each in outcomes)
    read = sum(each.read for each in outcomes)
    say(
        f"{read} of {len(outcomes)} read in {seconds:.2f} s: {len(outcomes) / max(seconds, 1e-9):.0f} a second"
    )
    unusable = reasons(outcomes)
    say(f"{unusable.total()} could not be used")
    for reason, count in unusable.most_common():
        say(f"  {count} x {reason}")
    crashes = [(each.path, crash) for each in outcomes for crash in each.crashes]
    say(f"{len(crashes)} crashes")
    for path, crash in crashes:
        say(f"  {path}\n{crash}")
    say("slowest")
    for each in sorted(outcomes, key=lambda outcome: -outcome.seconds)[:_SLOWEST_SHOWN]:
        say(f"  {each.seconds:.3f} s {each.path}")
    table = Table("severity", "rule", "findings", "files")
    for severity, rule, findings, files in by_rule(outcomes):
        table.add_row(severity, rule, str(findings), str(files))
    console.print(table)
    errors = [(each.path, finding) for each in outcomes for finding in each.of(Severity.ERROR)]
    say(f"{len(errors)} errors")
    for path, finding in errors:
        say(f"  {finding.rule} {path}\n    {finding.logical_id or 'the template'}: {finding.message}")


def main(arguments: Sequence[str]) -> int:
    """Review what a list names; the exit code is 1 where anything crashed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.public_templates", description=__doc__)
    parser.add_argument(
        "list", type=Path, help="a file with the path of a template, or of an assembly, a line"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="review only the first N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all findings there")
    options = parser.parse_args(arguments)
    paths = [line for line in options.list.read_text(encoding="utf-8").splitlines() if line.strip()]
    outcomes = [reviewed(path) for path in paths[: options.limit]]
    print_outcomes(Console(), outcomes)
    if options.json is not None:
        options.json.write_text(json.dumps(as_json(outcomes), indent=1), encoding="utf-8")
    return 1 if any(each.crashes for each in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
