"""Acknowledgements as people write them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from constructs_lib.review.finding import Finding
from constructs_lib.review.reading import StackReading
from constructs_lib.review.unusable import UnusableError
from constructs_lib.template import TemplateError
from constructs_lib.template.documents import read_document

__all__ = ["Acknowledgement", "parsed", "read_acknowledgements"]

_FIELDS: Final = ("rule", "resource", "stack", "reason", "expires")


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """A finding that is accepted.

    Attributes:
        rule: the rule's id, with or without the tool that has it, such as ``AwsSolutions::AwsSolutions-SQS3``; `*` and
            `?` stand for what they do in shells.
        reason: why it is accepted.
        resource: construct path or logical id, likewise; what is below that construct is meant, too.
        stack: the name of the stack, or its path such as ``Stage/Stack``, likewise; what is nested in it is meant, too.
        expires: the last day on which it counts; None for ever.
        where: the file or the resource it stands in, for messages.
        ahead: whether it was made by CDK's mechanism: constructs of libraries acknowledge there what they may build, so
            that it is no news where one is about nothing.
    """

    rule: str
    reason: str
    resource: str = "*"
    stack: str = "*"
    expires: date | None = None
    where: str = ""
    ahead: bool = False

    def is_about(self, finding: Finding, stack: StackReading) -> bool:
        """Whether it is about a finding in a stack."""
        return (
            _fits(self.rule, finding.rule, f"{finding.origin}::{finding.rule}")
            and _fits(self.stack, stack.template.name, stack.key)
            and _fits(self.resource, finding.construct_path, finding.logical_id)
        )


def _fits(pattern: str, *names: str) -> bool:
    # What cdk-nag calls its rules has brackets, which are none of a pattern.
    return pattern in names or any(
        fnmatchcase(name, each) for name in names for each in (pattern, f"{pattern}/*")
    )


def read_acknowledgements(path: Path) -> list[Acknowledgement]:
    """Those of a file, JSON or YAML.

    Raises:
        UnusableError: it cannot be read, or one of them lacks its rule or its reason.
    """
    if not path.exists():
        raise UnusableError(f"{path} is not there: give a file of acknowledgements.")
    try:
        document = read_document(path).body
    except TemplateError as error:
        raise UnusableError(str(error)) from error
    if not isinstance(document, list):
        raise UnusableError(f"{path} holds no list of acknowledgements: begin each with '- rule: ...'.")
    return [parsed(each, f"{path}, entry {number}") for number, each in enumerate(document, start=1)]


def parsed(written: Any, where: str) -> Acknowledgement:
    """What is written somewhere, as an acknowledgement.

    Raises:
        UnusableError: it is none.
    """
    rule = written.get("rule") if isinstance(written, Mapping) else None
    if not isinstance(rule, str) or not rule.strip():
        raise UnusableError(f"{where} is no acknowledgement: it needs a rule and a reason.")
    if unknown := sorted(map(str, set(written) - set(_FIELDS))):
        raise UnusableError(f"{where} has {', '.join(unknown)}: an acknowledgement has {', '.join(_FIELDS)}.")
    reason = str(written.get("reason") or "").strip()
    if not reason:
        raise UnusableError(f"{where} has no reason: say why the finding is accepted.")
    expires = written.get("expires")
    try:
        day = None if expires is None else _day(expires)
    except ValueError as error:
        raise UnusableError(f"{where} expires on {expires!r}: give a day such as 2027-03-31.") from error
    return Acknowledgement(
        rule=rule.strip(),
        resource=str(written.get("resource") or "*"),
        stack=str(written.get("stack") or "*"),
        reason=reason,
        expires=day,
        where=where,
    )


def _day(written: Any) -> date:
    if isinstance(written, datetime):
        return written.date()
    return written if isinstance(written, date) else date.fromisoformat(str(written))
