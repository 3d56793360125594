"""YAML with CloudFormation's short forms, such as ``!Ref`` and ``!GetAtt``.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from typing import Any

import yaml

from constructs_lib.template.model import TemplateError

__all__ = ["parse_yaml"]

_AS_THEY_ARE = ("Ref", "Condition")


class _Loader(yaml.SafeLoader):
    """A loader of its own: the short forms belong to no other."""


def parse_yaml(text: str, where: str) -> Any:
    """The template in `text`, the long forms in the place of the short ones.

    Raises:
        TemplateError: it is no YAML; the message begins with `where`.
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a safe loader, of which it is a subclass
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = " ".join(str(error).split())
        raise TemplateError(f"{where} is no YAML: {problem}.") from error


def _long_form(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
        case _:
            raise yaml.constructor.ConstructorError(problem=f"!{name} has no value")
    if name in _AS_THEY_ARE:
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _long_form)
# A date is a text in a template: AWSTemplateFormatVersion is one.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type] # the stubs want any node
