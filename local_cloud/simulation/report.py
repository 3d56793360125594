"""Many runs added up: availability and time to recover as distributions."""

import math
from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.table import Table

from local_cloud.simulation.outcome import Outage, Outcome
from local_cloud.simulation.setups import Setup, steps, worst_case

_AVAILABILITY = {"p50": 50.0, "p1": 1.0, "min": 0.0}
_RECOVERY = {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}
_ALL = "all"


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of them do not exceed, by the nearest rank."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def figures(setup: Setup, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All that is known of one set-up, as data; times are in seconds."""
    shares = [each.availability for each in outcomes]
    outages = [outage for each in outcomes for outage in each.outages]
    causes = sorted({outage.cause for outage in outages})
    return {
        "setup": setup.name,
        "runs": len(outcomes),
        "worst_case": {"seconds": worst_case(setup), "steps": dict(steps(setup))},
        "availability": {
            "mean": sum(shares) / len(shares),
            **{name: percentile(shares, percent) for name, percent in _AVAILABILITY.items()},
            "possible": sum(each.possible for each in outcomes) / len(outcomes),
            "each": [round(share, 6) for share in shares],
        },
        "answer_changes": sum(len(each.answers) for each in outcomes),
        "direction_changes": sum(len(each.changes) for each in outcomes),
        "time_to_recover": {
            _ALL: _recovery(setup, outages),
            **{
                cause: _recovery(setup, [outage for outage in outages if outage.cause == cause])
                for cause in causes
            },
        },
        "broken": [{"seed": each.seed, "what": list(each.broken)} for each in outcomes if each.broken],
    }


def _recovery(setup: Setup, outages: Sequence[Outage]) -> dict[str, Any]:
    seconds = [outage.seconds for outage in outages]
    if not seconds:
        return {"outages": 0}
    limit = worst_case(setup)
    return {
        "outages": len(seconds),
        **{name: percentile(seconds, percent) for name, percent in _RECOVERY.items()},
        "within_worst_case": sum(value <= limit for value in seconds) / len(seconds),
        "each": sorted(round(value, 1) for value in seconds),
    }


def tables(found: Sequence[dict[str, Any]]) -> Group:
    """The figures for people."""
    shares = Table(title="Availability of a virtual day")
    for column in (
        "standby",
        "mean",
        *_AVAILABILITY,
        "possible",
        "answers changed",
        "taken over or back",
        "broken",
    ):
        shares.add_column(column, justify="left" if column == "standby" else "right")
    recovery = Table(
        title="Time to recover, in seconds: not all were served, and a Region was there that could have"
    )
    for column in ("standby", "began in", "outages", *_RECOVERY, "plan", "within"):
        recovery.add_column(column, justify="left" if column in ("standby", "began in") else "right")
    for each in found:
        known = each["availability"]
        shares.add_row(
            each["setup"],
            *(f"{known[name]:.4%}" for name in ("mean", *_AVAILABILITY, "possible")),
            *(f"{each[name] / each['runs']:.2f} a day" for name in ("answer_changes", "direction_changes")),
            str(len(each["broken"])),
        )
        for cause, times in each["time_to_recover"].items():
            if times["outages"]:
                recovery.add_row(
                    each["setup"] if cause == _ALL else "",
                    cause,
                    str(times["outages"]),
                    *(f"{times[name]:.0f}" for name in _RECOVERY),
                    f"{each['worst_case']['seconds']:g}",
                    f"{times['within_worst_case']:.1%}",
                    style="bold" if cause == _ALL else "",
                )
        recovery.add_section()
    return Group(shares, recovery)
