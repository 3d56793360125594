"""What the command is given: files and options, read or refused."""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_lib.replay.matching import may_be
from constructs_lib.replay.stacks import chosen_stacks
from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.files.reading import read_timeline
from constructs_lib.replay.timelines.moments import epoch_of, instant_of
from constructs_lib.replay.timelines.timeline import Mark, Timeline
from constructs_lib.replay.unusable import UnusableError
from constructs_lib.template import Assembly, NamePatterns, Template, TemplateError, read_assembly

__all__ = ["Inputs"]

_STACK_ID: Final = re.compile(r"arn:[^:]+:cloudformation:([^:]+):(\d{12}):stack/")
_RESOURCE_LISTS: Final = ("StackResources", "StackResourceSummaries")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What is replayed.

    Attributes:
        assembly: the templates.
        stacks: those of the stacks that are told of.
        names: key of each template to the names that its resources have in the account.
        timeline: what the metrics did.
        parameters: the values of the templates' parameters.
    """

    assembly: Assembly
    stacks: Sequence[Template]
    names: Mapping[str, Mapping[str, str]]
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
            assembly = read_assembly(options.template)
            stacks = chosen_stacks(assembly, options.stack or None)
            names = _names(options.resources, assembly, stacks)
            marks = [_mark(written) for written in options.incident]
            timeline = read_timeline(options.timeline, options.queries).marked(*marks)
        except (TemplateError, TimelineError) as error:
            raise UnusableError(str(error)) from error
        return cls(assembly=assembly, stacks=stacks, names=names, timeline=timeline, parameters=parameters)


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


def _names(
    paths: Sequence[Path], assembly: Assembly, chosen: Sequence[Template]
) -> dict[str, dict[str, str]]:
    """Logical to physical ids of each template. Of a single stack they are, whatever it is called."""
    patterns: dict[str, NamePatterns] = {}
    for each in assembly.templates:
        patterns[each.key] = NamePatterns(each, others=patterns)
    alone = [each for each in chosen if each.parent is None]
    found: dict[str, dict[str, str]] = {each.key: {} for each in assembly.templates}
    for path in paths:
        for resource in _resources(path):
            stack = str(resource.get("StackName", ""))
            account, region = _place(resource)
            fitting = [
                each.key
                for each in assembly.templates
                if patterns[each.key].is_stack(stack)
                and may_be(each.account, account)
                and may_be(each.region, region)
            ]
            if not fitting and len(alone) == 1:
                fitting = [alone[0].key]
            if not fitting:
                raise UnusableError(
                    f"{path} has resources of the stack {stack!r}, of which there is no template here: "
                    f"give those of {', '.join(each.name for each in assembly.templates)}."
                )
            if "PhysicalResourceId" in resource:
                for key in fitting:
                    found[key][str(resource.get("LogicalResourceId"))] = str(resource["PhysicalResourceId"])
    return found


def _place(resource: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The account and the Region of the stack that a resource is of, each None where it does not say."""
    found = _STACK_ID.match(str(resource.get("StackId", "")))
    return (found[2], found[1]) if found else (None, None)


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
