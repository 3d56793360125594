"""Review synthesized templates: protections that cannot work, failures that nobody hears of, costs a month."""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from constructs_lib.replay.output.writing import opened, write_printed, write_utf_8
from constructs_lib.review.finding import Severity
from constructs_lib.review.unusable import UnusableError

# What reads, computes and draws is imported where it is used: --help answers at once.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from constructs_lib.review.report import Review

__all__ = ["main"]

_FORMATS: Final = ("text", "markdown", "html", "json", "sarif")
_FAIL_ON: Final = ("error", "warning", "never")
_EXTRA: Final = ("igraph", "jinja2", "lark", "numpy", "rich", "samtranslator", "yaml")
_FOUND: Final = 1
_UNUSABLE: Final = 2
_TWO: Final = 2


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` say.

    Returns:
        0; 1 where something was found at or above the level, or the budget is exceeded; 2 where something that was
        given cannot be used.
    """
    options = _parser().parse_args(arguments)
    from constructs_lib.template import TemplateError

    try:
        review = _review(options)
        _write(review, options)
    except (TemplateError, UnusableError) as error:
        sys.stderr.write(f"{' '.join(str(error).split())}\n")
        return _UNUSABLE
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        sys.stderr.write(f"{package} is not installed: pip install 'constructs-lib[review]'\n")
        return _UNUSABLE
    except BrokenPipeError:
        # Whoever read has seen enough; what Python writes at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _FOUND if _fails(review, options.fail_on) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m constructs_lib.review",
        description=__doc__,
        epilog="Exit code: 0; 1 with findings at or above --fail-on, or above the budget; 2 for unusable input.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "paths",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="a template (JSON, YAML, SAM), or a folder that cdk synth wrote; with --compare the old and the new one",
    )
    add("--compare", action="store_true", help="tell what changed from the first PATH to the second")
    add("--format", choices=_FORMATS, default="text", help="left out: text")
    add("--output", type=Path, metavar="FILE", help="where it is written; left out, standard output")
    add(
        "--fail-on",
        choices=_FAIL_ON,
        default="error",
        help="from which findings on, and with --compare from which changes on, the exit code is 1; left out: error",
    )
    add("--budget", type=_dollars, metavar="USD", help="a month; the exit code is 1 above it")
    add(
        "--prices",
        type=Path,
        metavar="FILE",
        help="prices; left out, the list prices that come with the library",
    )
    add(
        "--traffic",
        type=Path,
        metavar="FILE",
        help="how much is used, JSON or YAML; left out, what costs by existing counts",
    )
    add(
        "--acknowledge",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="findings that are accepted, JSON or YAML; may be repeated",
    )
    add(
        "--parameter",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a value of the templates' parameters; may be repeated; left out, their defaults",
    )
    add(
        "--stack",
        action="append",
        default=[],
        metavar="NAME",
        help="review this stack; may be repeated; left out, all",
    )
    add(
        "--verbose",
        action="store_true",
        help="text: notes, every place of a finding, every line of the costs, what is not in their sum",
    )
    return parser


def _dollars(written: str) -> float:
    try:
        amount = float(written)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise argparse.ArgumentTypeError(f"{written!r} is no amount of dollars, such as 25")
    return amount


def _review(options: argparse.Namespace) -> "Review":
    from constructs_lib.review.acknowledgements import read_acknowledgements
    from constructs_lib.review.cost import Prices, Traffic
    from constructs_lib.review.reviewing import review

    if options.compare and len(options.paths) != _TWO:
        raise UnusableError(
            f"--compare takes two paths, the old one and the new one; {len(options.paths)} are given."
        )
    given: dict[str, Any] = {
        "parameters": dict(map(_parameter, options.parameter)),
        "stacks": options.stack,
        "acknowledgements": [each for path in options.acknowledge for each in read_acknowledgements(path)],
        "prices": Prices.read(options.prices),
        "traffic": Traffic.read(options.traffic) if options.traffic else None,
        "budget": options.budget,
    }
    if options.compare:
        from constructs_lib.review.comparing import compare

        found = compare(*options.paths, **given)
    else:
        found = review(*options.paths, **given)
    if unknown := sorted(set(options.stack) - {each.stack for each in found.templates}):
        raise UnusableError(
            f"There is no stack {', '.join(unknown)} in {', '.join(map(str, options.paths))}."
        )
    readings = {id(stack): stack for each in found.templates for stack in each.reading.whole.stacks}
    declared = {name for stack in readings.values() for name in stack.template.section("Parameters")}
    if unknown := sorted(set(given["parameters"]) - declared):
        raise UnusableError(f"--parameter {', '.join(unknown)}: no template has such a parameter.")
    traffic = given["traffic"]
    if traffic and (unmatched := traffic.unmatched(list(readings.values()))):
        raise UnusableError(
            f"{options.traffic} tells of {', '.join(unmatched)}, which no template has: "
            "give logical ids or construct paths."
        )
    return found


def _parameter(written: str) -> tuple[str, str]:
    key, equals, value = written.partition("=")
    if not key or not equals:
        raise UnusableError(f"--parameter {written!r} is no KEY=VALUE.")
    return key, value


def _write(review: "Review", options: argparse.Namespace) -> None:
    written = _form(review, options.format)
    with opened(options.output, UnusableError) as file:
        if written is None:
            _text(review, file, verbose=options.verbose)
        else:
            write_utf_8(file, written)


def _form(review: "Review", format_: str) -> str | None:
    """The review in a form; None for text, whose width is that of where it is written."""
    if format_ == "markdown":
        from constructs_lib.review.output.markdown import markdown_of

        return markdown_of(review)
    if format_ == "html":
        from constructs_lib.review.output.html import html_of

        return html_of(review)
    if format_ == "json":
        from constructs_lib.review.output.json_form import json_of

        return json_of(review)
    if format_ == "sarif":
        from constructs_lib.review.output.sarif import sarif_of

        return sarif_of(review)
    return None


def _text(review: "Review", file: TextIO, *, verbose: bool) -> None:
    from constructs_lib.review.output.text import print_review

    write_printed(file, partial(print_review, review, verbose=verbose))


def _fails(review: "Review", fail_on: str) -> bool:
    if review.over_budget:
        return True
    if fail_on == "never":
        return False
    level = Severity(fail_on)
    changed = any(each.severity.rank >= level.rank for each in review.changes or ())
    return changed or bool(review.at_or_above(level))
