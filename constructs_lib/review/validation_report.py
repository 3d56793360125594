"""What other tools found when CDK synthesized: cdk-nag, CDK's own validator and its annotations.

They stand in ``validation-report.json`` of the assembly.
https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from constructs_lib.review.finding import OURS, Finding, Severity
from constructs_lib.review.reading.data import at, items_of
from constructs_lib.review.unusable import UnusableError
from constructs_lib.template import Template, TemplateError
from constructs_lib.template.documents import read_document
from constructs_lib.template.paths import below

__all__ = ["reported_in"]

_FILE: Final = "validation-report.json"
_LARGEST: Final = 12_000_000
_SEVERITIES: Final = {
    "error": Severity.ERROR,
    "fatal": Severity.ERROR,
    "critical": Severity.ERROR,
    "high": Severity.ERROR,
    "info": Severity.NOTE,
    "low": Severity.NOTE,
    "note": Severity.NOTE,
}
"""What a tool may call its severities; a warning is what is called otherwise."""
_SOURCE: Final = "https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html"


def reported_in(folder: Path | None, templates: Sequence[Template]) -> dict[str, list[Finding]]:
    """What other tools found in the templates of an assembly: key of the template to findings, with the paths of there.

    What is about no resource of any of them stands with the first.

    Args:
        folder: of the assembly; nothing is found where it is none, or has no report.
        templates: all of the assembly.

    Raises:
        UnusableError: the report is no JSON.
    """
    path = folder / _FILE if folder is not None and folder.is_dir() else None
    if path is None or not path.exists() or not templates:
        return {}
    try:
        document = read_document(path, largest=_LARGEST).body
    except TemplateError as error:
        raise UnusableError(f"The report of other tools is unusable: {error} Run cdk synth again.") from error
    places = _Places(templates)
    found: dict[str, list[Finding]] = defaultdict(list)
    for place, finding in _reported(document):
        template, path_there, logical_id = places.of(place)
        found[template.key].append(replace(finding, construct_path=path_there, logical_id=logical_id))
    return found


def _reported(document: Any) -> Iterator[tuple[Any, Finding]]:
    """Each finding of the report, and where the report says that it is."""
    for plugin in items_of(at(document, "pluginReports")):
        tool = _text(plugin, "pluginName") or "a validation plugin"
        if tool == OURS:
            continue  # it is found again
        if error := _text(plugin, "metadata", "error"):
            yield {}, _finding(tool, {"ruleName": "plugin-failed", "description": error})
        for violation in items_of(at(plugin, "violations")):
            for place in items_of(at(violation, "violatingConstructs")) or [{}]:
                yield place, _finding(tool, violation)
        for violation in items_of(at(plugin, "suppressedViolations")):
            reason = _text(violation, "reason") or "Acknowledged without a reason."
            for place in items_of(at(violation, "violatingConstructs")) or [{}]:
                yield place, replace(_finding(tool, violation), acknowledged=reason)


def _finding(tool: str, violation: Any) -> Finding:
    severity = _text(violation, "customSeverity") or _text(violation, "severity")
    return Finding(
        rule=_text(violation, "ruleName") or "unnamed",
        family="",
        severity=_SEVERITIES.get(severity.lower(), Severity.WARNING),
        logical_id="",
        construct_path="",
        message=_text(violation, "description") or "It gives no description.",
        remedy=_text(violation, "suggestedFix") or f"See what {tool} says of this rule.",
        source=_SOURCE,
        origin=tool,
    )


class _Places:
    """Finds the resources that a report names."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self._first = templates[0]
        self._stacks = {each.construct_path: each for each in templates if each.construct_path}
        self._files = {each.source.name: each for each in templates if each.source is not None}
        keys = {each.key: each for each in templates}
        self._paths = {
            (_outermost(each, keys), resource.path): (each, resource.logical_id)
            for each in templates
            for resource in each.resources.values()
        }

    def of(self, place: Any) -> tuple[Template, str, str]:
        """The template, and in it the path and the logical id; the latter is empty where no resource is meant."""
        logical_id = _text(place, "cloudFormationResource", "logicalId")
        file = Path(_text(place, "cloudFormationResource", "templatePath")).name
        if (template := self._files.get(file)) and (found := template.resources.get(logical_id)):
            return template, found.path, logical_id
        path = _text(place, "constructPath")
        stack = self._stack(path)
        if stack is None:
            return self._first, path, ""
        inside = "" if path == stack.construct_path else below(path, stack.construct_path)
        template, logical_id = self._paths.get((stack.key, inside), (stack, ""))
        return template, inside, logical_id

    def _stack(self, path: str) -> Template | None:
        """The stack in which a construct is."""
        while path:
            if path in self._stacks:
                return self._stacks[path]
            path = path.rpartition("/")[0]
        return None


def _outermost(template: Template, keys: Mapping[str, Template]) -> str:
    """The key of the stack that a template is nested in, however deep; its own where it is in none."""
    while template.parent is not None and template.parent[0] in keys:
        template = keys[template.parent[0]]
    return template.key


def _text(data: Any, *keys: str) -> str:
    found = at(data, *keys) if isinstance(data, Mapping) else None
    return " ".join(str(found).split()) if isinstance(found, str | int) else ""
