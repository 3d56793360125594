"""``python -m local_cloud.simulation`` shows what failover does over many days; fails if an invariant is broken."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from local_cloud.simulation.faults import draw
from local_cloud.simulation.report import figures, tables
from local_cloud.simulation.setups import SETUPS
from local_cloud.simulation.world import simulate

_RUNS = 2000
_SHOWN = 10
_WIDTH = 120
"""Columns, also where the output is no terminal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, print, and say by the exit code whether all invariants hold."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud.simulation", description=__doc__)
    parser.add_argument(
        "--runs", type=_positive, default=_RUNS, help="schedules of faults (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="the first schedule's (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    given = parser.parse_args(arguments)
    # What the controller logs of faults is what is simulated.
    logging.getLogger("failover_controller").setLevel(logging.CRITICAL + 1)
    schedules = [draw(given.seed + number) for number in range(given.runs)]
    found = [figures(setup, [simulate(setup, schedule) for schedule in schedules]) for setup in SETUPS]
    console = Console(highlight=False)
    console.width = max(console.width, _WIDTH)
    console.print(f"{given.runs} virtual days from seed {given.seed}", tables(found))
    if given.json:
        given.json.write_text(json.dumps({"runs": given.runs, "seed": given.seed, "setups": found}) + "\n")
    wrong = [(each["setup"], run) for each in found for run in each["broken"]]
    for setup, run in wrong[:_SHOWN]:
        console.print(f"{setup}, seed {run['seed']}: {'; '.join(run['what'])}", markup=False)
    if wrong:
        console.print(f"{len(wrong)} runs broke an invariant.")
    return 1 if wrong else 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
