"""A metric math expression that has been read."""

from dataclasses import dataclass, field

from constructs_lib.replay.expressions.parsing import Step

__all__ = ["Expression"]


@dataclass(frozen=True)
class Expression:
    """A metric math expression that has been read.

    Attributes:
        text: as it was given.
        names: the ids that it refers to, each once, in order.
        uses_metrics: whether it stands for metrics without naming them, by METRICS().
        steps: what there is to do, operands first.
    """

    text: str
    names: tuple[str, ...]
    uses_metrics: bool
    steps: tuple[Step, ...] = field(repr=False)
