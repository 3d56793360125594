"""Answers the warm-up event of constructs-lib before the handler runs."""

import functools
from collections.abc import Callable, Mapping
from typing import Final, ParamSpec, TypeVar

__all__ = ["answers_warm_up", "is_warm_up"]

P = ParamSpec("P")
R = TypeVar("R")

# The `source` of the event that constructs_lib.function's WarmUp sends.
_SOURCE: Final = "constructs-lib.warm-up"


def is_warm_up(event: object) -> bool:
    """Whether `event` is the schedule's ping and not work."""
    return isinstance(event, Mapping) and event.get("source") == _SOURCE


def answers_warm_up(handler: Callable[P, R]) -> Callable[P, R | dict[str, bool]]:
    """Let `handler` see every event but the warm-up one, which is answered with ``{"warm_up": True}``.

    Put it on top of the other decorators, so that a ping neither counts nor logs as work.
    """

    @functools.wraps(handler)
    def answer_or_handle(*args: P.args, **kwargs: P.kwargs) -> R | dict[str, bool]:
        if any(map(is_warm_up, (*args, *kwargs.values()))):
            return {"warm_up": True}
        return handler(*args, **kwargs)

    return answer_or_handle
