"""Whether a template says all that its stack will have: what is absent from it is certainly absent.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
"""

from typing import Final

from constructs_lib.review.reading.data import items_of
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["is_closed", "names_are_known"]

_READ: Final = ("AWS::Serverless-2016-10-31", "AWS::LanguageExtensions")


def is_closed(stack: StackReading) -> bool:
    """Whether no macro and no resource that was not understood can add policies, permissions or roles to a stack."""
    return stack not in stack.whole.once("open-stacks", _open)


def _open(whole: Reading) -> set[StackReading]:
    return {each for each in whole.stacks if _has_more(each)}


def _has_more(stack: StackReading) -> bool:
    macros = [each for each in items_of(stack.template.body.get("Transform")) if each not in _READ]
    unread = any(
        each.type.startswith("AWS::Serverless::") or "Connectors" in each.resource.declared
        for each in stack.nodes.values()
    )
    return bool(macros) or unread


def names_are_known(stack: StackReading, type_: str, key: str) -> bool:
    """Whether no resource of a type has a name of its own that is known only at deployment: any text may be that."""
    return all(each.known(key) for each in stack.of_type(type_))
