"""What a drill has to show; each is a name and whether it held."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local_cloud.drill.evidence import Divergence, Evidence
from local_cloud.drill.figures import Figures

__all__ = ["Check", "of_divergence", "of_evidence", "of_fault"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """Something that has to hold.

    Attributes:
        claim: what.
        held: whether it did.
        detail: figures that show it, or what was found instead.
    """

    claim: str
    held: bool
    detail: str = ""


def of_fault(name: str, figures: Figures) -> Iterator[Check]:
    """Users were served again in time, by the standby and then by the primary, and somebody was told."""
    seconds, back, told = figures.failover_seconds, figures.back_seconds, figures.told_after
    yield Check(
        claim=f"{name}: everybody is served again within the plan's worst case",
        held=seconds is not None and seconds <= figures.worst_case,
        detail=f"{_seconds(seconds)} of {figures.worst_case:.0f} s",
    )
    yield Check(
        claim=f"{name}: users notice the fault, or it would prove nothing",
        held=figures.failed > 0,
        detail=f"{figures.failed} requests failed",
    )
    yield Check(
        claim=f"{name}: everybody is back on the primary once it is mended",
        held=back is not None,
        detail=_seconds(back),
    )
    yield Check(claim=f"{name}: somebody is told", held=told is not None, detail=_seconds(told))


def of_evidence(evidence: Evidence, *, strong: bool) -> Iterator[Check]:
    """No order is lost or duplicated; of confirmations no more are sent twice than the lag explains."""
    yield Check(
        claim="every acknowledged order is in the tables of both Regions in the end",
        held=not evidence.lost,
        detail=f"{evidence.acknowledged} acknowledged, {_some(evidence.lost)} lost",
    )
    yield Check(
        claim="no key has two orders",
        held=not evidence.ordered_twice,
        detail=f"{_some(evidence.ordered_twice)} twice",
    )
    interrupted = set(evidence.interrupted_twice)
    by_lag = set() if strong else set(evidence.explained_twice) - interrupted
    unexplained = sorted(set(evidence.confirmed_twice) - interrupted - by_lag)
    yield Check(
        claim="no order is confirmed twice, but for those that the fault interrupted"
        + ("" if strong else ", and retries that came before the first Region's write"),
        held=not unexplained,
        detail=f"{len(interrupted)} interrupted, "
        + ("" if strong else f"{len(by_lag)} by the lag, ")
        + f"{_some(unexplained)} otherwise",
    )
    yield Check(
        claim="every acknowledged order is confirmed",
        held=not evidence.unconfirmed,
        detail=f"{_some(evidence.unconfirmed)} not",
    )


def of_divergence(
    name: str, found: Divergence, figures: Figures, *, strong: bool, lag: float
) -> Iterator[Check]:
    """While the Regions are apart, the standby lacks no more than the lag explains, and nothing in the end."""
    unexplained = sorted(set(found.missing) - set(found.within_lag))
    if strong:
        yield Check(
            claim=f"{name}: the standby has every order that the primary acknowledged",
            held=not found.missing,
            detail=f"{_some(found.missing)} missing",
        )
        yield Check(
            claim=f"{name}: every order that was acknowledged can be read",
            held=not figures.not_found,
            detail=f"{figures.not_found} of {figures.reads} not found",
        )
        yield Check(
            claim=f"{name}: no write is discarded",
            held=not found.conflicts,
            detail=f"{len(found.conflicts)} conflicts",
        )
        return
    yield Check(
        claim=f"{name}: the standby lacks only orders acknowledged within {lag:g} s before the fault",
        held=not unexplained,
        detail=f"{len(found.within_lag)} within, {_some(unexplained)} earlier",
    )
    yield Check(
        claim=f"{name}: all of them are there again once the Regions reach each other",
        held=set(found.missing) <= set(found.reappeared) and found.caught_up is not None,
        detail=f"{len(found.reappeared)} of {len(found.missing)} after {_seconds(found.caught_up)}",
    )


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"


def _some(found: Sequence[str]) -> str:
    shown = ", ".join(found[:3])
    return f"{len(found)} ({shown}{', ...' if len(found) > 3 else ''})" if found else "0"  # noqa: PLR2004 - as shown
