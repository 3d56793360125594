"""The handler toolkit against what a handler would have without it: at the cold start, and in each invocation.

Everything is measured in processes of their own; `toolkit_runs` says what runs in them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.figures import Figure
from benchmarks.handler_imports import LAMBDA
from benchmarks.slopes import WARM_UP, Pair
from constructs_lib.handlers import handler_folder

__all__ = ["figures", "import_times", "invocations"]

_ROOT: Final = Path(__file__).parent.parent
_INVOCATIONS: Final = 300
_TIMED: Final = "import time; start = time.process_time(); {}; print(time.process_time() - start)"
_POWERTOOLS: Final = (
    "import boto3;"
    "from aws_lambda_powertools import Logger, Metrics, Tracer;"
    "from aws_lambda_powertools.utilities.batch import BatchProcessor;"
    "from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer;"
    "Logger(); Metrics('Orders'); Tracer(patch_modules=('botocore',))"
)
_TOOLKIT: Final = (
    "import handler_toolkit as t;"
    "[getattr(t, name) for name in t.__all__];"
    "t.make_logger(); t.make_metrics('Orders'); t.make_tracer()"
)
_IMPORTS: Final = {
    "the whole toolkit": (_TOOLKIT, "boto3, and Powertools for the same", _POWERTOOLS, 1.3),
    "the toolkit's client": ("from handler_toolkit import client", "boto3 alone", "import boto3", 1.2),
    "boto3 and its first client": (
        "from handler_toolkit import make_session; make_session().client('dynamodb')",
        "by boto3's session",
        "import boto3; boto3.client('dynamodb')",
        0.95,
    ),
}


def figures(repetitions: int) -> list[Figure]:
    """All of them."""
    return [*import_times(repetitions), *invocations(_INVOCATIONS)]


def import_times(repetitions: int) -> list[Figure]:
    """What a cold start pays."""
    found = []
    for name, (own, against, other, target) in _IMPORTS.items():
        seconds: dict[str, list[float]] = {own: [], other: []}
        for number in range(WARM_UP + repetitions):
            for statement in sorted(seconds, reverse=number % 2 == 1):
                taken = float(_python("-c", _TIMED.format(statement)))
                if number >= WARM_UP:  # the bytecode is there
                    seconds[statement].append(taken)
        pair = Pair.of(*seconds.values())
        found.append(
            Figure(
                name=f"import of {name}",
                ours=f"{pair.ours * 1000:.0f} ms",
                other=f"{against}: {pair.other * 1000:.0f} ms",
                judged=pair.ratio,
                target=target,
            )
        )
    return found


def invocations(count: int) -> list[Figure]:
    """A batch of ten messages, handled with everything that the toolkit has, against Powertools alone."""
    seconds: dict[str, list[float]] = json.loads(_python("-m", "benchmarks.toolkit_runs", str(count)))
    own, other = (median(seconds[kind]) for kind in ("toolkit", "powertools"))
    return [
        Figure(
            name="an invocation with the toolkit",
            ours=f"{own * 1000:.1f} ms",
            other=f"Powertools alone: {other * 1000:.1f} ms",
            judged=own / other,
            target=1.1,
        )
    ]


def _python(*arguments: str) -> str:
    path = os.pathsep.join([str(_ROOT), str(handler_folder("handler_toolkit"))])
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(  # noqa: S603 - this interpreter, and modules of this repository
        [sys.executable, *arguments],
        cwd=_ROOT,
        env={**environment, **LAMBDA, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr}")
    return done.stdout
