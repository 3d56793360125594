"""What one fault did to users, as figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from local_cloud.drill.attempts import Attempt, by_key, failed_by, given_up, served_again_at, switched_at
from local_cloud.drill.watch import Notice

__all__ = ["Figures", "Phases", "Told", "measure", "within"]


@dataclass(frozen=True, kw_only=True)
class Phases:
    """When what was done, in seconds since 1970.

    Attributes:
        fault: the name of the fault.
        number: which run of it this is, from 1.
        began: traffic before the fault.
        broken: the fault begins.
        failed_over: the standby was seen to serve everybody; None if it was not within the time given.
        mended: the primary is put right.
        back: the primary was seen to serve everybody again; None likewise.
        ended: the last moment that counts for this fault.
    """

    fault: str
    number: int
    began: float
    broken: float
    failed_over: float | None
    mended: float
    back: float | None
    ended: float


@dataclass(frozen=True, kw_only=True)
class Told:
    """People heard of it.

    Attributes:
        after: seconds after the fault began.
        region: whose topic it came by.
        alarm: which alarm.
        state: what it said.
        reached: whether it could leave its Region.
    """

    after: float
    region: str
    alarm: str
    state: str
    reached: bool


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What users and people on call saw of one fault.

    Attributes:
        failover_seconds: from the fault until every client was served again; None if one never was.
        worst_case: the plan's worst case of that.
        failed: requests that were not served from the fault until it was mended.
        failed_by_standby: those of them that a client sent to the standby after it had been served there once.
        failed_afterwards: likewise from then until everything is over.
        placed: orders that were acknowledged.
        retried: those of them that took more than one request.
        given_up: orders that a client gave up.
        reads: orders that were read back.
        not_found: those of them that were acknowledged, and were not there.
        signed_again: requests that were refused for the Region that they were signed for.
        by_region: Region to the requests that it served.
        slowest: seconds of the slowest request that was served.
        back_seconds: from mending it until the primary served everybody again; None if it did not.
        told: what alarms said, in its order.
    """

    failover_seconds: float | None
    worst_case: float
    failed: int
    failed_by_standby: int
    failed_afterwards: int
    placed: int
    retried: int
    given_up: int
    reads: int
    not_found: int
    signed_again: int
    by_region: Mapping[str, int]
    slowest: float
    back_seconds: float | None
    told: Sequence[Told]

    @property
    def told_after(self) -> float | None:
        """Seconds until the first alarm that rang and reached people; None if none did."""
        return min((each.after for each in self.told if each.state == "ALARM" and each.reached), default=None)


def measure(
    attempts: Iterable[Attempt],
    notices: Iterable[Notice],
    phases: Phases,
    *,
    worst_case: float,
    cut_off: Sequence[str],
    primary: str,
    standby: str,
) -> Figures:
    """Work the figures out of what was recorded."""
    mine = within(attempts, phases)
    served = [each for each in mine if each.served]
    orders = by_key(mine)
    placed = {key: tried for key, tried in orders.items() if any(each.served for each in tried)}
    again = served_again_at(mine, phases.broken, phases.mended, standby=standby)
    back = switched_at(mine, primary, phases.mended)
    return Figures(
        failover_seconds=None if again is None or phases.failed_over is None else again - phases.broken,
        worst_case=worst_case,
        failed=sum(not each.served for each in mine if phases.broken <= each.ended < phases.mended),
        failed_by_standby=failed_by(mine, standby, phases.broken, phases.mended),
        failed_afterwards=sum(not each.served for each in mine if each.ended >= phases.mended),
        placed=len(placed),
        retried=sum(len(tried) > 1 for tried in placed.values()),
        given_up=len(given_up(mine)),
        reads=sum(each.kind == "read" and each.served for each in mine),
        not_found=sum(each.not_found for each in mine),
        signed_again=sum(each.signed_again for each in mine),
        by_region={
            region: sum(each.region == region for each in served)
            for region in sorted({each.region for each in served if each.region})
        },
        slowest=max((each.seconds for each in served), default=0.0),
        back_seconds=None if back is None or phases.back is None else back - phases.mended,
        told=_told(notices, phases, cut_off),
    )


def within(attempts: Iterable[Attempt], phases: Phases) -> Sequence[Attempt]:
    """The attempts that a fault's figures are about."""
    return [each for each in attempts if phases.began <= each.began < phases.ended]


def _told(notices: Iterable[Notice], phases: Phases, cut_off: Sequence[str]) -> Sequence[Told]:
    return [
        Told(
            after=each.at - phases.broken,
            region=each.region,
            alarm=each.alarm,
            state=each.state,
            reached=each.region not in cut_off or each.at >= phases.mended,
        )
        for each in sorted(notices, key=lambda notice: notice.at)
        if phases.broken <= each.at < phases.ended
    ]
