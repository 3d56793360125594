"""How long an app spends in bundling: in a process of its own, as ``cdk synth`` runs it.

``python -m benchmarks.bundling`` builds the order service in the current folder and prints the seconds.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from app import build
from benchmarks.workload import settings
from constructs_lib.bundling import PythonCode
from stacks.config import Config

__all__ = ["first_and_second"]

_ROOT = Path(__file__).parent.parent


def first_and_second() -> tuple[float, float]:
    """Seconds that the app spends in bundling with an empty cache, and again when nothing has changed."""
    with TemporaryDirectory(prefix="constructs-lib-bench-") as folder:
        first, second = (_run(folder) for _ in range(2))
    return first, second


def _run(folder: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bundling"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _seconds() -> float:
    spent = 0.0
    bind = PythonCode.bind

    def timed(
        self: PythonCode,
        scope: cdk.Stack,
        construct_id: str,
        *,
        runtime: lambda_.Runtime,
        architecture: lambda_.Architecture,
    ) -> lambda_.Code:
        nonlocal spent
        start = time.perf_counter()
        try:
            return bind(self, scope, construct_id, runtime=runtime, architecture=architecture)
        finally:
            spent += time.perf_counter() - start

    app = cdk.App(context=settings(), outdir="cdk.out")
    with mock.patch.object(PythonCode, "bind", timed):
        build(app, Config.read(app.node.try_get_context, {}))
    return spent


if __name__ == "__main__":
    print(_seconds())
