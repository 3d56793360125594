"""Values of the construct tree as plain data, in which a reference is the path of the construct that it names.

A template would name it by its logical id, which is unique in a stack only: two copies of a stack in one app have
the same ids, and an alarm in a third stack may watch either.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

__all__ = ["paths_in", "reference_to", "resolved", "text_of"]

_OPEN, _CLOSE = "\u27e6", "\u27e7"  # brackets that no CloudFormation name has
_REFERENCE = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")


class _Texts(cdk.StringConcat):
    """Joins the parts of a text, of which a function of CloudFormation is one as it stands in a template."""

    def join(self, left: Any, right: Any) -> str:
        return "".join(_text(part) for part in (left, right) if part is not None)


def _text(part: Any) -> str:
    return part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)


class _ToPaths(cdk.DefaultTokenResolver):
    """Resolves tokens as CDK does, except for references."""

    def __init__(self) -> None:
        super().__init__(_Texts())

    def resolve_token(
        self, t: cdk.IResolvable, context: cdk.IResolveContext, post_processor: cdk.IPostProcessor
    ) -> Any:
        if not isinstance(t, cdk.Reference):
            return super().resolve_token(t, context, post_processor)
        target = t.target
        # A pseudo parameter refers to its stack or to the app.
        name = target.node.path if isinstance(target, cdk.CfnElement) else t.display_name
        return reference_to(name)


def reference_to(path: str) -> str:
    """What stands for a reference to the construct at `path`."""
    return f"{_OPEN}{path}{_CLOSE}"


def resolved(scope: IConstruct, values: Sequence[Any]) -> list[Any]:
    """Each of `values` with its references as paths and the keys of its mappings in camel case."""
    if not values:
        return []
    found = cdk.Tokenization.resolve(values, scope=scope, resolver=_ToPaths(), preparing=False)
    return [_camel(each) for each in found]


def _camel(value: Any) -> Any:
    """`value` with the keys of mappings as an L1 class has them, whether it came from one or from a template."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _camel(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_camel(inner) for inner in value]
    return value


def text_of(value: Any) -> str | None:
    """`value` as a text to compare; None stays None."""
    return value if value is None or isinstance(value, str) else json.dumps(value, sort_keys=True)


def paths_in(value: Any) -> set[str]:
    """The paths of all constructs that `value` refers to, and the names of pseudo parameters."""
    return {path for text in _strings_in(value) for path in _REFERENCE.findall(text)}


def _strings_in(value: Any) -> Iterator[str]:
    """All strings of nested data, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings_in(inner)
