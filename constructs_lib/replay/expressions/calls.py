"""What a function of metric math gets, and how it says that it cannot take that."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from constructs_lib.replay.expressions.parsing import Step
from constructs_lib.replay.expressions.values import Frame, Scalar, Series, SeriesArray, Value

__all__ = ["Argument", "Call", "Function", "Misuse", "described"]

Kind = TypeVar("Kind", Scalar, Series, SeriesArray)

_KINDS: Final[Mapping[type, str]] = {
    Scalar: "a scalar",
    Series: "a time series",
    SeriesArray: "an array of time series",
}


class Misuse(ValueError):  # noqa: N818 - never leaves these modules: it becomes an ExpressionError with its place
    """A function or an operator got what it does not take."""


def described(value: Value) -> str:
    """The kind of a value, in words."""
    return _KINDS[type(value)]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a function.

    Attributes:
        step: how it is written.
        value: what it came to; None for a bare word or a text.
    """

    step: Step
    value: Value | None

    @property
    def word(self) -> str | None:
        """The bare word that it is; None for all else."""
        return self.step.words[0] if self.step.kind == "word" else None

    @property
    def shown(self) -> str:
        """What it is, in words."""
        return f"the {self.step.kind} {self.step.words[0]}" if self.value is None else described(self.value)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function.

    Attributes:
        name: of the function.
        arguments: in order.
        frame: what the expression is computed over.
    """

    name: str
    arguments: tuple[Argument, ...]
    frame: Frame

    def series(self, index: int = 0) -> Series:
        """An argument that has to be a time series."""
        return self._taken(index, Series)

    def array(self, index: int = 0) -> SeriesArray:
        """An argument that has to be an array of time series."""
        return self._taken(index, SeriesArray)

    def scalar(self, index: int = 0) -> Scalar:
        """An argument that has to be a scalar."""
        return self._taken(index, Scalar)

    def some_series(self) -> Series | SeriesArray:
        """The first argument, which has to be a time series or an array of them."""
        value = self.arguments[0].value
        if isinstance(value, Series | SeriesArray):
            return value
        raise self.misuse(0, f"{_KINDS[Series]} or {_KINDS[SeriesArray]}")

    def single(self, index: int) -> Scalar | Series:
        """An argument that has to be a time series or a scalar."""
        value = self.arguments[index].value
        if isinstance(value, Series | Scalar):
            return value
        raise self.misuse(index, f"{_KINDS[Series]} or {_KINDS[Scalar]}")

    def word(self, index: int, words: Collection[str]) -> str:
        """An argument that has to be one of some words."""
        word = self.arguments[index].word
        if word is None or word not in words:
            raise self.misuse(index, " or ".join(words))
        return word

    def metric(self, index: int = 0) -> str:
        """The id of a metric; results of expressions will not do."""
        step = self.arguments[index].step
        if step.kind == "name" and step.words[0] in self.frame.metrics:
            return step.words[0]
        raise Misuse(f"{self.name} takes the id of a metric, not the result of an expression")

    def misuse(self, index: int, wanted: str) -> Misuse:
        """The error that says what an argument has to be."""
        which = (
            f"argument {index + 1} of {self.name}"
            if len(self.arguments) > 1
            else f"the argument of {self.name}"
        )
        return Misuse(f"{which} has to be {wanted}, not {self.arguments[index].shown}")

    def _taken(self, index: int, kind: type[Kind]) -> Kind:
        value = self.arguments[index].value
        if isinstance(value, kind):
            return value
        raise self.misuse(index, _KINDS[kind])


@dataclass(frozen=True, slots=True)
class Function:
    """A function of metric math.

    Attributes:
        compute: what it does.
        least: how many arguments it takes at least.
        most: how many it takes at most.
    """

    compute: Callable[[Call], Value]
    least: int = 1
    most: int = 1
