"""What the command is given: files and options, read or refused."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.files.reading import read_timeline
from constructs_lib.replay.timelines.moments import epoch_of, instant_of
from constructs_lib.replay.timelines.timeline import Mark, Timeline
from constructs_lib.replay.unusable import UnusableError
from constructs_lib.template import Assembly, TemplateError, read_assembly

__all__ = ["Inputs"]

_RESOURCE_LISTS: Final = ("StackResources", "StackResourceSummaries")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What is replayed.

    Attributes:
        stacks: each stack alone, with the names that its resources have in the account.
        timeline: what the metrics did.
        parameters: the values of the templates' parameters.
    """

    stacks: Sequence[tuple[Assembly, Mapping[str, str]]]
    timeline: Timeline
    parameters: Mapping[str, str]

    @classmethod
    def of(cls, options: argparse.Namespace) -> "Inputs":
        """Read what `options` name.

        Raises:
            UnusableError: it cannot be used.
        """
        parameters = dict(map(_parameter, options.parameter))
        try:
            assembly = _chosen(read_assembly(options.template), options.stack)
            names = _names(options.resources, assembly)
            marks = [_mark(written) for written in options.incident]
            timeline = read_timeline(options.timeline, options.queries).marked(*marks)
        except (TemplateError, TimelineError) as error:
            raise UnusableError(str(error)) from error
        return cls(
            stacks=[(replace(assembly, templates=(each,)), names[each.name]) for each in assembly.templates],
            timeline=timeline,
            parameters=parameters,
        )


def _parameter(written: str) -> tuple[str, str]:
    key, equals, value = written.partition("=")
    if not key or not equals:
        raise UnusableError(f"--parameter {written!r} is no KEY=VALUE.")
    return key, value


def _mark(written: str) -> Mark:
    name, _, span = written.rpartition("=")
    start, slash, end = span.partition("/")
    if not name or not slash:
        raise UnusableError(f"--incident {written!r} is no NAME=START/END.")
    try:
        return Mark(name=name, start=instant_of(epoch_of(start)), end=instant_of(epoch_of(end)))
    except TimelineError as error:
        raise error.at(f"--incident {written!r}") from error


def _chosen(assembly: Assembly, names: Sequence[str]) -> Assembly:
    known = [each.name for each in assembly.templates]
    if unknown := [name for name in names if name not in known]:
        raise UnusableError(
            f"{assembly.source} has no stack {', '.join(unknown)}; it has: {', '.join(known)}."
        )
    return replace(
        assembly, templates=tuple(each for each in assembly.templates if not names or each.name in names)
    )


def _names(paths: Sequence[Path], assembly: Assembly) -> dict[str, dict[str, str]]:
    """Logical to physical ids of each stack. Of a single template they are, whatever its stack is called."""
    known = [each.name for each in assembly.templates]
    found: dict[str, dict[str, str]] = {name: {} for name in known}
    for path in paths:
        for resource in _resources(path):
            stack = known[0] if len(known) == 1 else str(resource.get("StackName", ""))
            if stack not in found:
                raise UnusableError(
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
        raise UnusableError(f"{path} cannot be read: {error}.") from error
    listed = (
        next((document[key] for key in _RESOURCE_LISTS if key in document), None)
        if isinstance(document, dict)
        else None
    )
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise UnusableError(
            f"{path} has no StackResources: give what aws cloudformation describe-stack-resources printed."
        )
    return listed
