"""The review as a validation plugin of CDK: every `cdk synth` reviews what it made.

Validations.of(app).add_plugins(ReviewPlugin())
"""

from collections.abc import Iterator, Sequence
from os.path import commonpath
from pathlib import Path
from typing import Final

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from constructs_lib.review import (
    RULES,
    Acknowledgement,
    Finding,
    Review,
    Severity,
    read_acknowledgements,
    review,
)
from constructs_lib.review.finding import OURS
from constructs_lib.review.reviewing import Part
from constructs_lib.template import Template, read_assembly

__all__ = ["ReviewPlugin"]

_MANIFEST: Final = "manifest.json"
_Said = tuple[str, Severity, str, str]


@jsii.implements(IPolicyValidationPlugin)
class ReviewPlugin:
    """Reviews what an app synthesizes, as ``python -m constructs_lib.review cdk.out`` does.

    A finding at or above `fail_on` ends the synthesis with an error; those below it are told of. One is accepted by
    ``Validations.of(construct).acknowledge(Acknowledgment(id="constructs_lib::RULE", reason=...))``, in a resource's
    metadata, or in a file.
    """

    def __init__(
        self,
        *,
        fail_on: Severity | None = Severity.ERROR,
        tell_from: Severity = Severity.WARNING,
        acknowledge: Path | str | None = None,
    ) -> None:
        """Review what an app synthesizes.

        Args:
            fail_on: from which findings on synthesis fails; None for never. Left out: errors.
            tell_from: from which findings on they stand in CDK's report. Left out: warnings.
            acknowledge: a file of findings that are accepted. Left out: none but those in the app itself.

        Raises:
            UnusableError: the file cannot be used.
        """
        self._fail_on = fail_on
        self._tell_from = tell_from
        self._acknowledgements: list[Acknowledgement] = (
            read_acknowledgements(Path(acknowledge)) if acknowledge is not None else []
        )

    @property
    def name(self) -> str:
        """What it is called in CDK's report, and before a rule's id where that is acknowledged."""
        return OURS

    @property
    def version(self) -> str | None:
        """None: it is that of this library, which CDK need not tell."""
        return None

    @property
    def rule_ids(self) -> list[str]:
        """The ids of all rules."""
        return [each.id for each in RULES]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Review the templates; called by CDK."""
        reviewed = review(_part(context.template_paths), acknowledgements=self._acknowledgements)
        failing = [] if self._fail_on is None else reviewed.at_or_above(self._fail_on)
        return PolicyValidationPluginReport(success=not failing, violations=list(self._violations(reviewed)))

    def _violations(self, reviewed: Review) -> Iterator[PolicyViolation]:
        """One for each thing that is said, with all resources of which it is."""
        found: dict[_Said, list[PolicyViolatingResource]] = {}
        for each in reviewed.templates:
            for finding in each.open:
                if finding.severity.rank >= self._tell_from.rank and finding.origin == OURS:
                    said = (
                        finding.rule,
                        finding.severity,
                        f"{finding.message} ({finding.source})",
                        finding.remedy,
                    )
                    found.setdefault(said, []).append(_resource(each.reading.template, finding))
        for (rule, severity, description, remedy), resources in found.items():
            yield PolicyViolation(
                rule_name=rule,
                description=description,
                fix=remedy,
                severity=self._in_cdk(severity),
                violating_resources=resources,
            )

    def _in_cdk(self, severity: Severity) -> str:
        """CDK's word for it. What it calls an error ends the synthesis, and nothing else does."""
        if self._fail_on is not None and severity.rank >= self._fail_on.rank:
            return "error"
        return "info" if severity is Severity.NOTE else "warning"


def _part(paths: Sequence[str]) -> Part:
    """The stacks whose templates CDK names, in the outermost assembly that they lie in."""
    folder = Path(commonpath([Path(each).parent for each in paths]))
    while (folder.parent / _MANIFEST).is_file():
        folder = folder.parent
    assembly = read_assembly(folder)
    named = {Path(each).resolve() for each in paths}
    keys: set[str] = set()
    for each in assembly.templates:  # nested stacks stand behind their parents
        own = each.source is not None and each.source.resolve() in named
        if own or (each.parent is not None and each.parent[0] in keys):
            keys.add(each.key)
    return Part(assembly=assembly, keys=frozenset(keys))


def _resource(template: Template, finding: Finding) -> PolicyViolatingResource:
    """Where CDK is to say that it is: by logical id it finds the construct itself, and the line that made it."""
    if finding.logical_id:
        return PolicyViolatingResource(
            locations=[], resource_logical_id=finding.logical_id, template_path=str(template.source)
        )
    path = "/".join(filter(None, (template.construct_path, finding.construct_path)))
    return PolicyViolatingResource(locations=[], construct_path=path)
