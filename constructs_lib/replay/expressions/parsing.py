"""Texts to steps: what both languages are read with."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from constructs_lib.replay.expressions.errors import ExpressionError

# The parser takes long to load, and most alarms have no expression.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

__all__ = ["Step", "steps_of"]

_HINTS = {
    "!": "there is no NOT; compare with 0 instead",
    "“": "texts stand between \" or '",
    "”": "texts stand between \" or '",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an expression, after those that give its operands.

    Attributes:
        kind: what the grammar calls it.
        words: what it is written with, without its operands.
        arity: how many operands it takes.
        at: where it begins in the text.
    """

    kind: str
    words: tuple[str, ...]
    arity: int
    at: int


def steps_of(grammar: str, text: str) -> tuple[Step, ...]:
    """The steps of an expression, operands first, so that nothing has to recurse however deep it is nested.

    Args:
        grammar: the name of a grammar file next to this module, without its suffix.
        text: the expression.

    Raises:
        ExpressionError: `text` does not follow the grammar.
    """
    from lark import Tree
    from lark.exceptions import UnexpectedInput

    try:
        root = _parser(grammar).parse(text)
    except UnexpectedInput as error:
        raise _explained(text, error) from None
    trees: list[Tree[Token]] = []
    left = [root]
    while left:
        tree = left.pop()
        trees.append(tree)
        left.extend(child for child in tree.children if isinstance(child, Tree))
    return tuple(_step(tree) for tree in reversed(trees))


@cache
def _parser(grammar: str) -> "Lark":
    from lark import Lark

    return Lark.open(f"{grammar}.lark", rel_to=__file__, parser="lalr")


def _step(tree: "Tree[Token]") -> Step:
    from lark import Token

    tokens = [child for child in tree.children if isinstance(child, Token)]
    return Step(
        kind=str(tree.data),
        words=tuple(map(str, tokens)),
        arity=len(tree.children) - len(tokens),
        at=tokens[0].start_pos or 0,
    )


def _explained(text: str, error: "UnexpectedInput") -> ExpressionError:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    position, problem = len(text), "the text ends too early"
    if isinstance(error, UnexpectedCharacters):
        position = error.pos_in_stream or 0
        problem = f"unexpected {text[position]!r}"
    elif isinstance(error, UnexpectedToken) and error.token.type != "$END":
        position = error.token.start_pos or 0
        problem = f"unexpected {str(error.token)!r}"
    hint = _HINTS.get(text[position : position + 1])
    return ExpressionError.at(text, position, f"{problem} ({hint})" if hint else problem)
