"""A decorator that answers the warm-up event of constructs-lib before the handler runs."""  # noqa: INP001 - copied beside handlers

import functools
from collections.abc import Callable, Mapping
from typing import Final, ParamSpec, TypeVar

__all__ = ["WARM_UP_EVENT", "is_warm_up", "skip_warm_up"]

P = ParamSpec("P")
R = TypeVar("R")

WARM_UP_EVENT: Final[Mapping[str, str]] = {"source": "constructs-lib.warm-up"}
"""What the schedule sends, in full; an event is a warm-up if its `source` is this one."""


def is_warm_up(event: object) -> bool:
    """Whether `event` is the schedule's ping and not work."""
    return isinstance(event, Mapping) and event.get("source") == WARM_UP_EVENT["source"]


def skip_warm_up(handler: Callable[P, R]) -> Callable[P, R | dict[str, bool]]:
    """Let `handler` see every event but the warm-up one, which is answered with ``{"warm_up": True}``.

    Put it on top of the other decorators, so that a ping neither counts nor logs as work::

        @skip_warm_up
        @logger.inject_lambda_context
        def handler(event, context): ...

    Any signature works: the event is found among the positional and keyword arguments.
    """

    @functools.wraps(handler)
    def answer_or_handle(*args: P.args, **kwargs: P.kwargs) -> R | dict[str, bool]:
        if any(map(is_warm_up, (*args, *kwargs.values()))):
            return {"warm_up": True}
        return handler(*args, **kwargs)

    return answer_or_handle
