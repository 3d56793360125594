"""How much time is left in this invocation, for everything that may wait."""

import functools
import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any, Final, ParamSpec, Protocol, Self, TypeVar

__all__ = ["BudgetExpiredError", "TimeBudget", "current_budget", "with_time_budget"]

P = ParamSpec("P")
R = TypeVar("R")

# Enough to report a batch, release an idempotency key and flush metrics.
DEFAULT_RESERVE: Final = 0.5


class BudgetExpiredError(TimeoutError):
    """There is no time left for what was asked; nothing was sent."""


class _Context(Protocol):
    """What the toolkit reads of a Lambda context."""

    def get_remaining_time_in_millis(self) -> int: ...


class TimeBudget:
    """The time until Lambda ends the invocation, less a reserve for leaving in good order.

    ``with TimeBudget.of(context):`` makes it the current one, which clients, retries and idempotency obey. It is
    a context variable: a thread that the handler starts has none unless it is run in a copy of the context.

    Attributes:
        reserve: seconds before the end that belong to nobody who waits.
    """

    def __init__(self, left: Callable[[], float], *, reserve: float = 0.0) -> None:
        """Ask `left` for the seconds until the end, whenever somebody wants to know."""
        self._left = left
        self.reserve = reserve
        self._tokens: list[Token[TimeBudget | None]] = []

    @classmethod
    def of(cls, context: _Context, *, reserve: float = DEFAULT_RESERVE) -> Self:
        """The budget of the invocation that `context` is about.

        Args:
            context: the handler's second argument.
            reserve: seconds to keep for the end of the handler. Left out, half a second.
        """
        return cls(lambda: context.get_remaining_time_in_millis() / 1000, reserve=reserve)

    @classmethod
    def lasting(cls, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> Self:
        """A budget that ends in `seconds`, for code that runs outside of Lambda, or for a part of an invocation.

        It never lasts longer than the budget that is current when it is made.
        """
        end = clock() + seconds
        outer = current_budget()
        if outer is None:
            return cls(lambda: end - clock())
        return cls(lambda: min(end - clock(), outer.remaining()))

    def remaining(self) -> float:
        """Seconds that may still be spent; 0 when there are none."""
        return max(0.0, self._left() - self.reserve)

    @property
    def expired(self) -> bool:
        """Whether nothing is left."""
        return self.remaining() <= 0

    def until_the_end(self) -> float:
        """Seconds until the invocation itself ends, the reserve included; 0 when it is over."""
        return max(0.0, self._left())

    def timeout(self, most: float) -> float:
        """Seconds to give one call to a library that takes a time-out: `most`, or what is left if that is less.

        Raises:
            BudgetExpiredError: nothing is left.
        """
        left = self.remaining()
        if left <= 0:
            raise BudgetExpiredError("No time is left in this invocation for another call.")
        return min(most, left)

    def __enter__(self) -> Self:
        """Make this the current budget."""
        self._tokens.append(_CURRENT.set(self))
        return self

    def __exit__(self, *_: object) -> None:
        """Make the one before current again."""
        _CURRENT.reset(self._tokens.pop())


_CURRENT: Final[ContextVar[TimeBudget | None]] = ContextVar("time_budget", default=None)


def current_budget() -> TimeBudget | None:
    """The budget of the innermost ``with``; None outside of any, when nothing limits what may wait."""
    return _CURRENT.get()


def with_time_budget(*, reserve: float = DEFAULT_RESERVE) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give each invocation of a handler its budget, as ``with TimeBudget.of(context, reserve=reserve)`` would.

    Args:
        reserve: seconds to keep for the end of the handler. Left out, half a second.
    """

    def decorate(handler: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(handler)
        def within(*args: P.args, **kwargs: P.kwargs) -> R:
            with TimeBudget.of(_context_of(args, kwargs), reserve=reserve):
                return handler(*args, **kwargs)

        return within

    return decorate


def _context_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Context:
    """The handler's context, which is its last positional argument unless it is named."""
    context: _Context = kwargs["context"] if "context" in kwargs else args[-1]
    return context
