"""The permissions of functions: who may invoke them by a policy of their own.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from collections.abc import Sequence
from typing import Final

from constructs_lib.review.reading.closed import is_closed, names_are_known
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["permissions_are_known", "permissions_of"]

_PERMISSION: Final = "AWS::Lambda::Permission"


def permissions_of(function: Node) -> Sequence[Node]:
    """The permissions of a function, its aliases and versions."""
    return function.stack.whole.referring((_PERMISSION,), _its_function).get(function, ())


def permissions_are_known(stack: StackReading) -> bool:
    """Whether it is known before deployment which function each permission of a stack is of."""
    return is_closed(stack) and stack not in stack.whole.once("open-permissions", _open)


def _its_function(permission: Node) -> list[Node | None]:
    called = callee_of(permission.stack, permission.value("FunctionName"))
    return [called.function if called else None]


def _open(whole: Reading) -> set[StackReading]:
    return {
        each.stack
        for each in whole.of_type(_PERMISSION)
        if callee_of(each.stack, each.value("FunctionName")) is None
        and not (
            each.known("FunctionName")
            and names_are_known(each.stack, "AWS::Lambda::Function", "FunctionName")
        )
    }
