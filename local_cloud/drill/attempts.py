"""What clients tried, one record a request, and what can be read off such records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

__all__ = [
    "Attempt",
    "acknowledged",
    "by_client",
    "by_key",
    "failed_by",
    "given_up",
    "served_again_at",
    "switched_at",
]

_OK, _CREATED, _NOT_FOUND = 200, 201, 404


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request of one client, or several where it was signed again.

    Attributes:
        began: when, in seconds since 1970.
        seconds: until it was answered or given up.
        client: whose it is.
        kind: an order that is placed, or one that is read back.
        key: the order's idempotency key.
        region: whose address the name led to; None where it led nowhere.
        status: HTTP's; None where nothing was answered in time.
        error: why there is no answer; empty where there is.
        order_id: what the answer named.
        signed_again: whether it was refused for the Region that it was signed for first.
    """

    began: float
    seconds: float
    client: int
    kind: Literal["order", "read"]
    key: str
    region: str | None = None
    status: int | None = None
    error: str = ""
    order_id: str | None = None
    signed_again: bool = False

    @property
    def ended(self) -> float:
        """When it was over."""
        return self.began + self.seconds

    @property
    def served(self) -> bool:
        """Whether the client got what a service that is well would say; not yet being there is an answer, too."""
        return self.status in (_OK, _CREATED) or self.not_found

    @property
    def not_found(self) -> bool:
        """Whether an order that was acknowledged is not there to be read."""
        return self.kind == "read" and self.status == _NOT_FOUND


def by_client(attempts: Iterable[Attempt]) -> Mapping[int, Sequence[Attempt]]:
    """The attempts of each client, in their order."""
    found: dict[int, list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda each: each.began):
        found.setdefault(attempt.client, []).append(attempt)
    return found


def by_key(attempts: Iterable[Attempt]) -> Mapping[str, Sequence[Attempt]]:
    """The attempts to place each order, in their order."""
    found: dict[str, list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda each: each.began):
        if attempt.kind == "order":
            found.setdefault(attempt.key, []).append(attempt)
    return found


def acknowledged(attempts: Iterable[Attempt]) -> Mapping[str, Sequence[Attempt]]:
    """Order id to the attempts that were told it."""
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        if attempt.kind == "order" and attempt.status == _CREATED and attempt.order_id:
            found.setdefault(attempt.order_id, []).append(attempt)
    return found


def given_up(attempts: Iterable[Attempt]) -> Sequence[str]:
    """The keys of orders that no attempt could place."""
    return [key for key, tried in by_key(attempts).items() if not any(each.served for each in tried)]


def served_again_at(attempts: Iterable[Attempt], since: float, until: float, *, standby: str) -> float | None:
    """When the last client was served again that was not, of what ended between two moments.

    A client is not served from the fault until the end of the attempt that succeeds after its last failure elsewhere
    than at the standby, or after a failure of its first attempts there. That attempt may end later. None: a client
    never was again; `since`, where nothing failed.
    """
    moments = [since]
    for tried in by_client(attempts).values():
        served = [
            each.began for each in tried if each.served and each.region == standby and each.began >= since
        ]
        first = min(served, default=until)
        failed = [
            each
            for each in tried
            if not each.served
            and since <= each.ended < until
            and (each.region != standby or each.began < first)
        ]
        if not failed:
            continue
        later = [each.ended for each in tried if each.served and each.began >= failed[-1].ended]
        if not later:
            return None
        moments.append(later[0])
    return max(moments)


def failed_by(attempts: Iterable[Attempt], region: str, since: float, until: float) -> int:
    """How many requests a Region failed of clients that it had served since a moment, of what ended before another."""
    count = 0
    for tried in by_client(attempts).values():
        there = [each for each in tried if each.region == region and since <= each.ended < until]
        first = next((number for number, each in enumerate(there) if each.served), len(there))
        count += sum(not each.served for each in there[first:])
    return count


def switched_at(attempts: Iterable[Attempt], region: str, since: float) -> float | None:
    """When the last client was served by `region`, and from then on by no other.

    None: a client's last answer after `since` was another Region's.
    """
    moments = [since]
    for tried in by_client(attempts).values():
        served = [each for each in tried if each.served and each.ended >= since]
        if not served or served[-1].region != region:
            return None
        changes = [second.ended for first, second in pairwise(served) if first.region != second.region]
        moments.append(changes[-1] if changes else served[0].ended)
    return max(moments)
