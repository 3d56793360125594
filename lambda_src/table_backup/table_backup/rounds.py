"""The same for many tables at once, again and again for those that may succeed later."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from table_backup.backups import Failure, failure_of
from table_backup.making import LaterError

__all__ = ["Outcomes", "Rounds"]

T = TypeVar("T")

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 15.0


@dataclass
class Outcomes(Generic[T]):
    """What became of each table.

    Attributes:
        done: what came out.
        failed: what went wrong for good.
        later: what went wrong last, and might have succeeded later.
    """

    done: dict[str, T] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """Threads that work on tables.

    Attributes:
        threads: how many tables at a time.
        remaining: seconds until the invocation has to end.
        sleep: waits.
        jitter: from 0 to 1, by chance.
    """

    threads: int
    remaining: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]

    def of(self, tables: Sequence[str], act: Callable[[str], T], *, patience: float) -> Outcomes[T]:
        """Do `act` to each of `tables`; what may succeed later is tried again after pauses of `patience` seconds."""
        outcomes: Outcomes[T] = Outcomes(later=dict.fromkeys(tables, "there was no time for it"))
        pause, waited = _FIRST_PAUSE, 0.0
        with ThreadPoolExecutor(self.threads) as pool:
            while outcomes.later and self.remaining() > 0:
                for table, (done, problem, again) in zip(
                    list(outcomes.later),
                    pool.map(lambda each: self._try(act, each), list(outcomes.later)),
                    strict=True,
                ):
                    if again:
                        outcomes.later[table] = problem
                        continue
                    del outcomes.later[table]
                    if problem:
                        outcomes.failed[table] = problem
                    else:
                        outcomes.done[table] = done  # type: ignore[assignment] # there was no problem
                if not outcomes.later or waited >= patience:
                    break
                wait = min(pause * (0.5 + self.jitter() / 2), max(self.remaining(), 0.0))
                self.sleep(wait)
                waited += wait
                pause = min(2 * pause, _LONGEST_PAUSE)
        return outcomes

    def _try(self, act: Callable[[str], T], table: str) -> tuple[T | None, str, bool]:
        """What came out, what went wrong, and whether it may succeed later."""
        if self.remaining() <= 0:
            return None, "there was no time for it", True
        try:
            return act(table), "", False
        except LaterError as error:
            return None, str(error), True
        except Exception as error:  # noqa: BLE001 - whatever it is, the other tables must not wait for it
            return None, repr(error), failure_of(error) is not Failure.FINAL
