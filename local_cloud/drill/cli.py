"""The command line of the drill."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from local_cloud.demo import Script
from local_cloud.drill.checklist import checklist
from local_cloud.drill.faults import FAULTS
from local_cloud.drill.plan import PlanNotFoundError
from local_cloud.drill.report import print_report
from local_cloud.drill.results import Drilled, Order
from local_cloud.drill.run import drill
from local_cloud.drill.site import Consistency
from local_cloud.server import LocalCloudError

__all__ = ["main", "orders"]

_DEPLOYING_SECONDS = 120
_FAULT_SECONDS = 260
"""Of a fault in real time: until the standby serves, until the primary does, until the alarms are silent."""
_LEAST_FAULT_SECONDS = 60
_WIDTH = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Drill; 0 if everything held, 1 if something did not."""
    options = _parser().parse_args(arguments)
    if options.against_aws:
        sys.stdout.write(checklist(options.fault or list(FAULTS)))
        return 0
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH)
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that the cloud is stopped on the way out
        signal.signal(number, _leave)
    wanted = orders(options)
    console.print(f"This takes about {_minutes(wanted)} minutes, in real time, on this machine only.")
    drills: list[Drilled] = []
    try:
        drills += [drill(Script(), order) for order in wanted]
    except KeyboardInterrupt as stopped:
        console.print("Stopped.")
        return 128 + (stopped.args[0] if stopped.args else signal.SIGINT)
    except (LocalCloudError, PlanNotFoundError, TimeoutError, BotoCoreError, ClientError) as error:
        console.print(f"[bold red]The drill failed:[/] {error}", soft_wrap=True)
        return 1
    print_report(console, drills)
    _write(options, drills)
    return 0 if all(each.held for each in drills) else 1


def orders(options: argparse.Namespace) -> list[Order]:
    """What to drill: all faults with strong consistency and one with eventual, unless something else is asked for."""
    kinds: list[Consistency] = [options.consistency] if options.consistency else ["strong", "eventual"]
    usual = {"strong": list(FAULTS), "eventual": list(FAULTS) if options.consistency else ["unreachable"]}
    return [
        Order(
            consistency=kind,
            faults=options.fault or usual[kind],
            runs=options.runs,
            lag=options.lag,
            speed=options.speed,
            clients=options.clients,
        )
        for kind in kinds
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_cloud.drill", description=__doc__)
    add = parser.add_argument
    add("--fault", action="append", choices=list(FAULTS), help="only this one; may be repeated")
    add("--consistency", choices=["strong", "eventual"], help="only with this one")
    add("--runs", type=_positive, default=1, metavar="N", help="so many times")
    add(
        "--lag", type=float, default=5.0, metavar="S", help="replication lag in seconds, where it is eventual"
    )
    add(
        "--speed",
        type=float,
        default=1.0,
        metavar="N",
        help="let health checks and TTLs run so many times as fast",
    )
    add("--clients", type=_positive, default=8, metavar="N", help="so many place orders at the same time")
    add("--svg", type=Path, metavar="FILE", help="draw the timeline; one file for each consistency")
    add("--json", type=Path, metavar="FILE", help="write all figures")
    add(
        "--against-aws",
        action="store_true",
        help="print the drill as a checklist for a real account; run nothing",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _minutes(wanted: Sequence[Order]) -> int:
    seconds = sum(
        _DEPLOYING_SECONDS
        + len(order.faults) * order.runs * max(_LEAST_FAULT_SECONDS, _FAULT_SECONDS / order.speed)
        for order in wanted
    )
    return max(1, round(seconds / 60))


def _write(options: argparse.Namespace, drills: Sequence[Drilled]) -> None:
    if options.json:
        written = {"written": time.time(), "held": all(each.held for each in drills)}
        options.json.write_text(
            json.dumps({**written, "drills": [asdict(each) for each in drills]}, indent=1)
        )
    if options.svg:
        from local_cloud.drill.chart import draw  # noqa: PLC0415 - matplotlib takes a second to import

        for each in drills:
            several = len(drills) > 1
            file = (
                options.svg.with_stem(f"{options.svg.stem}-{each.order.consistency}")
                if several
                else options.svg
            )
            draw(each, file)


def _leave(number: int, _: object) -> None:
    raise KeyboardInterrupt(number)
