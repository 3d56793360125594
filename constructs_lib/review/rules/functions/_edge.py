"""Functions that CloudFront calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from constructs_lib.review.reading import Node, Reading
from constructs_lib.review.reading.data import at, items_of, text_of
from constructs_lib.review.reading.functions import Callee, callee_of

__all__ = ["AtTheEdge", "at_the_edge"]


@dataclass(frozen=True, kw_only=True)
class AtTheEdge:
    """A function that a distribution calls.

    Attributes:
        distribution: which.
        callee: what it calls.
        event: when, such as ``viewer-request``; None where that is unknown.
    """

    distribution: Node
    callee: Callee
    event: str | None

    @property
    def node(self) -> Node:
        """The function."""
        return self.callee.function


def at_the_edge(whole: Reading) -> list[AtTheEdge]:
    """The functions that distributions call."""
    return whole.once("functions at the edge", lambda reading: list(_collect(reading)))


def _collect(whole: Reading) -> Iterator[AtTheEdge]:
    for distribution in whole.of_type("AWS::CloudFront::Distribution"):
        config = distribution.value("DistributionConfig")
        behaviors = [at(config, "DefaultCacheBehavior"), *items_of(at(config, "CacheBehaviors"))]
        for each in (found for one in behaviors for found in items_of(at(one, "LambdaFunctionAssociations"))):
            if isinstance(each, Mapping) and (callee := _callee(distribution, each.get("LambdaFunctionARN"))):
                yield AtTheEdge(
                    distribution=distribution, callee=callee, event=text_of(each.get("EventType"))
                )


def _callee(distribution: Node, value: Any) -> Callee | None:
    return callee_of(distribution.stack, value)
