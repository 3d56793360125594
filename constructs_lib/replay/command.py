"""Replay a timeline over the alarms of a template: which would have rung, when, and who would have been told."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from constructs_lib.replay.output.writing import opened, write_printed, write_utf_8
from constructs_lib.replay.unusable import UnusableError

# What reads, computes and draws is imported where it is used: --help answers at once.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from constructs_lib.replay.inputs import Inputs
    from constructs_lib.replay.report import Report

__all__ = ["main"]

_FORMATS: Final = ("text", "json", "html")
_EXTRA: Final = ("jinja2", "lark", "numpy", "plotly", "rich", "yaml")
_UNUSABLE: Final = 2
_MOST_FALSE: Final = 1.0


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` say; the exit code is 0, or 2 where something that was given cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except UnusableError as error:
        sys.stderr.write(f"{' '.join(str(error).split())}\n")
        return _UNUSABLE
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write(f"{missing.name} is not installed: pip install 'constructs-lib[replay]'\n")
        return _UNUSABLE
    except BrokenPipeError:
        # Whoever read has seen enough; what Python writes at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m constructs_lib.replay", description=__doc__, allow_abbrev=False
    )
    add = parser.add_argument
    add("template", type=Path, help="a template (JSON or YAML), or the folder that cdk synth wrote")
    add(
        "--timeline",
        type=Path,
        required=True,
        metavar="FILE",
        help="what the metrics did: JSON, CSV, or the output of aws cloudwatch get-metric-data",
    )
    add(
        "--queries",
        type=Path,
        metavar="FILE",
        help="the --metric-data-queries of that output; left out, its labels tell which metrics they are",
    )
    add(
        "--resources",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="the output of aws cloudformation describe-stack-resources: which names resources have in the account; "
        "may be repeated, once a stack",
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
        help="replay this stack; may be repeated; left out, all",
    )
    add(
        "--incident",
        action="append",
        default=[],
        metavar="NAME=START/END",
        help="mark an incident in the timeline, such as 'bad release=2026-03-02T09:00Z/2026-03-02T09:20Z'; "
        "may be repeated",
    )
    add("--format", choices=_FORMATS, default="text", help="left out: text")
    add("--output", type=Path, metavar="FILE", help="where it is written; left out, standard output")
    add(
        "--verbose",
        action="store_true",
        help="text: every notification, and the assumptions with their reasons",
    )
    add(
        "--advice",
        action="store_true",
        help="instead: thresholds and datapoints that would have caught the marked incidents with fewest false rings",
    )
    add("--within", metavar="DURATION", help="advice: in how long an incident has to be caught, such as 5m")
    add(
        "--most-false",
        type=float,
        metavar="N",
        help=f"advice: false rings a week at most; left out, {_MOST_FALSE:g}",
    )
    add("--may-miss", action="store_true", help="advice: also what catches fewer incidents than now")
    return parser


def _run(options: argparse.Namespace) -> None:
    from constructs_lib.replay.inputs import Inputs

    if not options.advice and (
        options.within is not None or options.most_false is not None or options.may_miss
    ):
        raise UnusableError("--within, --most-false and --may-miss are of --advice: give that too.")
    if options.advice and options.format == "html":
        raise UnusableError("--advice comes as text or JSON: leave --format html out.")
    inputs = Inputs.of(options)
    report = None if options.advice else _report(inputs)
    with opened(options.output, UnusableError) as file:
        if report is None:
            _advised(inputs, file, options)
        else:
            {"text": _text, "json": _json, "html": _html}[options.format](report, file, options)


def _text(report: "Report", file: TextIO, options: argparse.Namespace) -> None:
    from constructs_lib.replay.output.text import print_report

    write_printed(file, partial(print_report, report, verbose=options.verbose))


def _json(report: "Report", file: TextIO, _options: argparse.Namespace) -> None:
    from constructs_lib.replay.output.json_form import json_of

    file.write(json_of(report))


def _html(report: "Report", file: TextIO, _options: argparse.Namespace) -> None:
    from constructs_lib.replay.output.html import html_of

    write_utf_8(file, html_of(report))


def _report(inputs: "Inputs") -> "Report":
    from constructs_lib.replay.surface import replay

    return replay(
        inputs.assembly,
        inputs.timeline,
        parameters=inputs.parameters,
        names=inputs.names,
        stacks=[each.key for each in inputs.stacks],
    )


def _advised(inputs: "Inputs", file: TextIO, options: argparse.Namespace) -> None:
    from constructs_lib.replay.surface import advise
    from constructs_lib.replay.timelines.errors import TimelineError

    if not inputs.timeline.marks:
        raise UnusableError(f"{options.timeline} marks no incidents: give some by --incident.")
    try:
        advice = advise(
            inputs.assembly,
            inputs.timeline,
            parameters=inputs.parameters,
            names=inputs.names,
            stacks=[each.key for each in inputs.stacks],
            within=options.within,
            most_false_a_week=_MOST_FALSE if options.most_false is None else options.most_false,
            may_miss=options.may_miss,
        )
    except TimelineError as error:
        raise UnusableError(f"--within: {error}") from error
    found = {each.name: advice.of_stack(each.name) for each in inputs.stacks}
    if options.format == "json":
        file.write(json.dumps({name: each.as_json() for name, each in found.items()}, indent=2) + "\n")
        return
    file.writelines(f"{name}\n{each.text()}\n" for name, each in found.items())
