"""Which findings are accepted, and which acknowledgements say nothing any more."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from glob import escape
from typing import Any, Final

from constructs_lib.review.acknowledgements.written import Acknowledgement, parsed
from constructs_lib.review.finding import OURS, Finding, Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, items_of
from constructs_lib.review.rule import author_path
from constructs_lib.review.unusable import UnusableError

__all__ = ["acknowledged", "unused_of"]

Findings = Mapping[str, Sequence[Finding]]
"""The key of a stack to what was found in it."""

_PREFIX: Final = f"{OURS}::"
_PATTERN: Final = re.compile(r"[*?]")
_SOURCE: Final = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-metadata.html"
)
_UNUSED: Final = "acknowledgement-unused"
_EXPIRED: Final = "acknowledgement-expired"
_UNUSABLE: Final = "acknowledgement-unusable"


def acknowledged(
    stacks: Sequence[StackReading],
    findings: Findings,
    given: Sequence[Acknowledgement],
    known: Collection[str],
) -> tuple[dict[str, list[Finding]], set[Acknowledgement]]:
    """The findings of stacks, each with the reason why it is accepted, and which of `given` were used.

    Findings about acknowledgements that the templates themselves have are among them: one that has expired, that is
    about nothing, or that does not say why.

    Args:
        stacks: all that were read together: an acknowledgement in one is about those nested in it, too.
        findings: of some of them; the acknowledgements of the others are not told of.
        given: acknowledgements that are in no template.
        known: the ids of all rules.
    """
    own = {stack.key: _of_template(stack) for stack in stacks}
    found: dict[str, list[Finding]] = {}
    used: set[Acknowledgement] = set()
    for stack in stacks:
        if stack.key not in findings:
            continue
        around = [each for key in _keys_above(stack, own) for each in own[key][0]]
        found[stack.key], now_used = _judged(stack, findings[stack.key], [*around, *given])
        used |= now_used
    for key, its in found.items():
        written, problems = own[key]
        its += [*problems, *unused_of(written, used, known)]
    return found, used


def unused_of(
    given: Iterable[Acknowledgement], used: Collection[Acknowledgement], known: Collection[str]
) -> list[Finding]:
    """A finding for each of `given` that is about nothing; `known` are the ids of all rules."""
    return [
        _unused(each, known)
        for each in given
        if each not in used and not (each.ahead and (each.rule in known or _PATTERN.search(each.rule)))
    ]


def _keys_above(stack: StackReading, known: Collection[str]) -> Iterator[str]:
    """The key of a stack, and those of the stacks in which it is nested."""
    parents = {each.key: each.parent[0] for each in stack.whole.assembly.templates if each.parent}
    key: str | None = stack.key
    while key is not None and key in known:
        yield key
        key = parents.get(key)


def _judged(
    stack: StackReading, findings: Iterable[Finding], given: Sequence[Acknowledgement]
) -> tuple[list[Finding], set[Acknowledgement]]:
    used: set[Acknowledgement] = set()
    found: list[Finding] = []
    late: dict[Acknowledgement, Finding] = {}
    for finding in findings:
        about = [each for each in given if each.is_about(finding, stack)]
        counts = [each for each in about if each.expires is None or each.expires >= stack.whole.today]
        used.update(about)
        late |= {each: _late(each, finding) for each in about if each not in counts and each not in late}
        reason = counts[0].reason if counts else finding.acknowledged
        found.append(replace(finding, acknowledged=reason))
    return [*found, *late.values()], used


def _of_template(stack: StackReading) -> tuple[list[Acknowledgement], list[Finding]]:
    found: dict[tuple[str, str], Acknowledgement] = {}
    problems: list[Finding] = []
    for logical_id, path, written, ahead in _written(stack):
        try:
            each = parsed(written, path or stack.template.name)
        except UnusableError as error:
            problems.append(
                _finding(_UNUSABLE, logical_id, path, str(error), "Write it as the documentation shows.")
            )
            continue
        # What SAM makes of a resource has its metadata, too.
        found.setdefault(
            (each.rule, path),
            replace(each, resource=escape(path) or "*", stack=escape(stack.key), ahead=ahead),
        )
    return list(found.values()), problems


def _written(stack: StackReading) -> Iterator[tuple[str, str, Any, bool]]:
    """Logical id, path and text of each acknowledgement in the template, and whether CDK wrote it beside that."""
    for node in stack.nodes.values():
        for each in items_of(at(node.resource.declared, "Metadata", OURS, "acknowledge")):
            yield node.id, author_path(node), each, False
    for path, rules in stack.template.acknowledged.items():
        for rule, reason in rules.items():
            if rule.startswith(_PREFIX):
                yield "", path, {"rule": rule.removeprefix(_PREFIX), "reason": reason}, True


def _late(each: Acknowledgement, finding: Finding) -> Finding:
    return _finding(
        _EXPIRED,
        finding.logical_id,
        finding.construct_path,
        f"The acknowledgement of {each.rule} for {each.resource} expired on {each.expires} ({each.where}).",
        "Mend what was found, or look at it again and give a later day.",
    )


def _unused(each: Acknowledgement, known: Collection[str]) -> Finding:
    alike = [] if each.rule in known else get_close_matches(each.rule, known, n=1)
    return _finding(
        _UNUSED,
        "",
        "" if each.resource == "*" else each.resource,
        f"The acknowledgement of {each.rule} for {each.resource} is about nothing that was found ({each.where}).",
        f"There is no rule {each.rule}: write {alike[0]} if that is meant."
        if alike
        else "Remove it: what it accepts is mended, or it names the wrong rule or resource.",
    )


def _finding(rule: str, logical_id: str, path: str, message: str, remedy: str) -> Finding:
    return Finding(
        rule=rule,
        family="review",
        severity=Severity.WARNING,
        logical_id=logical_id,
        construct_path=path,
        message=message,
        remedy=remedy,
        source=_SOURCE,
    )
