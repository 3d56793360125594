"""The command line of the chaos run."""

import argparse
import json
import signal
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from local_cloud.chaos.plan import Plan
from local_cloud.chaos.report import print_report, summary
from local_cloud.chaos.results import Ran
from local_cloud.chaos.run import run
from local_cloud.chaos.site import SETTINGS, Site
from local_cloud.demo import Script
from local_cloud.server import LocalCloud, LocalCloudError

__all__ = ["main"]

_WIDTH = 130
_AT_ONCE = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the seeds; 0 if everything held, 1 if something did not."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH)
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that the cloud is stopped on the way out
        signal.signal(number, _leave)
    runs: list[Ran] = []
    try:
        _run_all(options, console, runs)
    except KeyboardInterrupt as stopped:
        console.print("Stopped.")
        return 128 + (stopped.args[0] if stopped.args else signal.SIGINT)
    except (LocalCloudError, TimeoutError, BotoCoreError, ClientError) as error:
        console.print(f"[bold red]The chaos run failed:[/] {error}", soft_wrap=True)
        return 1
    print_report(console, runs)
    return 0 if all(each.ledger.holds for each in runs) else 1


def _run_all(options: argparse.Namespace, console: Console, runs: list[Ran]) -> None:
    script = Script()
    with ExitStack() as stack:
        scratch = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True))
        )
        with script.step("Start a local AWS"):
            cloud = stack.enter_context(LocalCloud(settings=SETTINGS))
        with script.step("Deploy the order service and the data pipeline"):
            site = Site.deploy(cloud, scratch)
        for seed in range(options.seed, options.seed + options.seeds):
            plan = Plan.make(seed, orders=options.orders, files=options.files)
            with script.step(f"Seed {seed}"):
                runs.append(run(site, plan, at_once=options.at_once))
            console.print(f"    {summary(runs[-1])}")
            if options.json:
                _write(options.json, runs)


def _write(file: Path, runs: Sequence[Ran]) -> None:
    """After each run, so that what was found is not lost with what comes next."""
    held = all(each.ledger.holds for each in runs)
    said = {"written": time.time(), "held": held, "runs": [each.to_json() for each in runs]}
    file.write_text(json.dumps(said, indent=1))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_cloud.chaos", description=__doc__)
    add = parser.add_argument
    add("--seed", type=int, default=1, metavar="N", help="what everything follows from")
    add(
        "--seeds",
        type=_positive,
        default=1,
        metavar="N",
        help="so many, one after the other, beginning with --seed",
    )
    add("--orders", type=_positive, default=2000, metavar="N", help="orders of each seed")
    add("--files", type=_positive, default=200, metavar="N", help="files of each seed")
    add("--at-once", type=_positive, default=_AT_ONCE, metavar="N", help="unfinished orders at a time")
    add("--json", type=Path, metavar="FILE", help="write all figures")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _leave(number: int, _: object) -> None:
    raise KeyboardInterrupt(number)
