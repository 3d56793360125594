"""A synthesized assembly or template as frozen data: resources, references, construct paths."""

from constructs_lib.template.links import linked_values
from constructs_lib.template.loading import read_assembly, template_of
from constructs_lib.template.model import Assembly, Resource, Template, TemplateError
from constructs_lib.template.physical import NamePatterns
from constructs_lib.template.values import Values

__all__ = [
    "Assembly",
    "NamePatterns",
    "Resource",
    "Template",
    "TemplateError",
    "Values",
    "linked_values",
    "read_assembly",
    "template_of",
]
