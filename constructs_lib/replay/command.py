"""Replay a timeline over the alarms of a template: which would have rung, when, and who would have been told."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

# What reads, computes and draws is imported where it is used: --help answers at once.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from constructs_lib.replay.report import Report
    from constructs_lib.template import Assembly

__all__ = ["main"]

_FORMATS: Final = ("text", "json", "html")
_EXTRA: Final = ("jinja2", "lark", "numpy", "plotly", "rich", "yaml")
_FILE_WIDTH: Final = 160
_RESOURCE_LISTS: Final = ("StackResources", "StackResourceSummaries")
_UNUSABLE: Final = 2


class _UnusableError(Exception):
    """Something that was given cannot be used; one line says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` say; the exit code is 0, or 2 where something that was given cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except _UnusableError as error:
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
    add("--format", choices=_FORMATS, default="text", help="left out: text")
    add("--output", type=Path, metavar="FILE", help="where it is written; left out, standard output")
    add(
        "--verbose",
        action="store_true",
        help="text: every notification, and the assumptions with their reasons",
    )
    return parser


def _run(options: argparse.Namespace) -> None:
    report = _report(options)
    write = {"text": _text, "json": _json, "html": _html}[options.format]
    where = options.output or "standard output"
    try:
        with (
            nullcontext(sys.stdout)
            if options.output is None
            else options.output.open("w", encoding="utf-8") as file
        ):
            write(report, file, options)
            file.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _UnusableError(f"{where} cannot be written: {error.strerror or error}.") from error


def _text(report: "Report", file: TextIO, options: argparse.Namespace) -> None:
    from rich.console import Console

    from constructs_lib.replay.output.text import print_report

    if isinstance(file, TextIOWrapper):
        file.reconfigure(errors="backslashreplace")
    console = Console(file=file, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _FILE_WIDTH
    with console.capture() as printed:
        print_report(report, console, verbose=options.verbose)
    file.write(printed.get())


def _json(report: "Report", file: TextIO, _options: argparse.Namespace) -> None:
    from constructs_lib.replay.output.json_form import json_of

    file.write(json_of(report))


def _html(report: "Report", file: TextIO, _options: argparse.Namespace) -> None:
    from constructs_lib.replay.output.html import html_of

    if isinstance(file, TextIOWrapper):
        file.reconfigure(encoding="utf-8", errors="backslashreplace")
    file.write(html_of(report))


def _report(options: argparse.Namespace) -> "Report":
    parameters = dict(map(_parameter, options.parameter))
    from constructs_lib.replay.surface import read_timeline, replay
    from constructs_lib.replay.timelines.errors import TimelineError
    from constructs_lib.template import Assembly, TemplateError, read_assembly

    try:
        assembly = _chosen(read_assembly(options.template), options.stack)
        names = _names(options.resources, assembly)
        timeline = read_timeline(options.timeline, options.queries)
        reports = [
            replay(
                Assembly(templates=(template,)),
                timeline,
                parameters=parameters,
                names=names.get(template.name, {}),
            )
            for template in assembly.templates
        ]
    except (TemplateError, TimelineError) as error:
        raise _UnusableError(str(error)) from error
    return replace(
        reports[0],
        stacks=tuple(stack for each in reports for stack in each.stacks),
        assumptions=tuple(dict.fromkeys(found for each in reports for found in each.assumptions)),
        approximate=any(each.approximate for each in reports),
    )


def _parameter(written: str) -> tuple[str, str]:
    key, equals, value = written.partition("=")
    if not key or not equals:
        raise _UnusableError(f"--parameter {written!r} is no KEY=VALUE.")
    return key, value


def _chosen(assembly: "Assembly", names: Sequence[str]) -> "Assembly":
    known = [each.name for each in assembly.templates]
    if unknown := [name for name in names if name not in known]:
        raise _UnusableError(
            f"{assembly.source} has no stack {', '.join(unknown)}; it has: {', '.join(known)}."
        )
    return replace(
        assembly, templates=tuple(each for each in assembly.templates if not names or each.name in names)
    )


def _names(paths: Sequence[Path], assembly: "Assembly") -> dict[str, dict[str, str]]:
    """Logical to physical ids of each stack. Of a single template they are, whatever its stack is called."""
    known = [each.name for each in assembly.templates]
    found: dict[str, dict[str, str]] = {name: {} for name in known}
    for path in paths:
        for resource in _resources(path):
            stack = known[0] if len(known) == 1 else str(resource.get("StackName", ""))
            if stack not in found:
                raise _UnusableError(
                    f"{path} has resources of the stack {stack!r}, of which there is no template here: "
                    f"give those of {', '.join(known)}."
                )
            if "PhysicalResourceId" in resource:
                found[stack][str(resource.get("LogicalResourceId"))] = str(resource["PhysicalResourceId"])
    return found


def _resources(path: Path) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _UnusableError(f"{path} cannot be read: {error}.") from error
    listed = (
        next((document[key] for key in _RESOURCE_LISTS if key in document), None)
        if isinstance(document, dict)
        else None
    )
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise _UnusableError(
            f"{path} has no StackResources: give what aws cloudformation describe-stack-resources printed."
        )
    return listed
