"""Which resources are meant: by path, type or tag."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import aws_cdk as cdk

from constructs_lib.alarms.watch.tree import Resource
from constructs_lib.checks import Check

__all__ = ["Select", "Tags", "check_selection", "matches_path", "selected"]


@dataclass(frozen=True, kw_only=True)
class Select:
    """Resources that are all of what is given here.

    Attributes:
        path: a pattern for the path of a construct, which means whatever is below it, too: ``Shop/Checkout``. ``*``
            stands for any characters within one id, ``**`` for any number of ids. Left out: any path.
        type: a CloudFormation type, such as ``AWS::SQS::Queue``. Left out: any type.
        tag: a tag that CDK gives the resource, its key alone or key and value. Left out: any tags.
    """

    path: str | None = None
    type: str | None = None
    tag: str | tuple[str, str] | None = None


class Tags(Protocol):
    """Reads the tags of a resource."""

    def __call__(self, resource: Resource) -> Mapping[str, str]: ...


def selected(select: str | Select, resource: Resource, tags: Tags) -> bool:
    """Whether `resource` is what `select`, or the pattern for its path, means."""
    given = Select(path=select) if isinstance(select, str) else select
    if given.path is not None and not matches_path(given.path, resource.path):
        return False
    if given.type is not None and given.type != resource.type:
        return False
    if given.tag is None:
        return True
    key, value = (given.tag, None) if isinstance(given.tag, str) else given.tag
    found = tags(resource)
    return key in found and value in (None, found[key])


def matches_path(pattern: str, path: str) -> bool:
    """Whether `pattern` means the construct at `path` or one that it is below."""
    return _compiled(pattern).match(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    ids = [
        ".*" if each == "**" else re.escape(each).replace(r"\*", "[^/]*")
        for each in pattern.strip("/").split("/")
    ]
    # `**` may also stand for no id at all.
    text = "/".join(ids).replace(".*/", "(?:.*/)?").replace("/.*", "(?:/.*)?")
    return re.compile(f"{text}(?:/|$)")


def tags_of(resource: Resource) -> Mapping[str, str]:
    """The tags that `resource` will have.

    CDK adds them when it visits the resource, which is later. They are added here in the same order; added again, they
    stay what they are.
    """
    for scope in resource.construct.node.scopes:
        for aspect in cdk.Aspects.of(scope).all:
            if isinstance(aspect, cdk.Tag | cdk.RemoveTag):
                aspect.visit(resource.construct)
    manager = cdk.TagManager.of(resource.construct)
    return {} if manager is None else manager.tag_values()


def check_selection(check: Check, name: str, given: Sequence[str | Select], types: Iterable[str]) -> None:
    """Fail where a selection can mean nothing."""
    check.instance(name, given, list, tuple)
    known = sorted(types)
    for each in given:
        check.instance(f"an entry of {name}", each, str, Select)
        if isinstance(each, str):
            check.require(
                bool(each.strip("/")), f"{name} holds {each!r}.", remedy="Give a pattern for a path."
            )
            continue
        check.require(
            each != Select(),
            f"{name} holds a Select without path, type or tag.",
            remedy="Say what is meant: Select(tag='team').",
        )
        check.instance(f"{name}: path", each.path, str, None)
        check.require(
            each.type is None or each.type in known,
            f"{name} has the type {each.type!r}, which is none that is watched.",
            remedy=f"Give one of {', '.join(known)}.",
        )
        pair = isinstance(each.tag, tuple) and len(each.tag) == len(("key", "value"))
        check.require(
            each.tag is None or isinstance(each.tag, str) or pair,
            f"{name} has the tag {each.tag!r}.",
            remedy="Give a key, or a tuple of key and value.",
        )
