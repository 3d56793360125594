"""Templates that CloudFormation refuses for their size, by far: nobody waits until they are read.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from dataclasses import replace
from typing import Final

from constructs_lib.template import Assembly, Template
from constructs_lib.template.documents import count

__all__ = ["LIMITS", "bounded"]

LIMITS: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_MOST_RESOURCES: Final = 2_000
_MOST_VALUES: Final = 350_000
"""Each is written in three characters or more, and a template has 1 MB."""


def bounded(assembly: Assembly) -> tuple[Assembly, dict[str, str]]:
    """An assembly without the resources of templates that are too large; the keys of these, with what is too much."""
    excess = {each.key: why for each in assembly.templates if (why := _excess(each))}
    templates = (
        replace(each, body={"Resources": {}}, resources={}) if each.key in excess else each
        for each in assembly.templates
    )
    return (replace(assembly, templates=tuple(templates)) if excess else assembly), excess


def _excess(template: Template) -> str:
    if len(template.resources) > _MOST_RESOURCES:
        return f"{len(template.resources):,} resources, and CloudFormation takes 500"
    values = count(template.body)
    return f"{values:,} values, and CloudFormation takes 1 MB of them" if values > _MOST_VALUES else ""
