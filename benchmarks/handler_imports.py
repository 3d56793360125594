"""What a cold start of each handler imports, against what it cannot do without.

A handler of the library is judged against boto3 alone. One of the systems is judged against boto3 and the very
modules of Powertools and of Pydantic, its parser, that the handler imports, with Powertools' logger, metrics and
tracer. What the handler, the toolkit and their other libraries add is judged; so are the clients that the handler
makes, although the other side makes none. How long the other side takes with the same clients is told.

Each import is timed in a process of its own, under the variables that Lambda sets, by the processor's time, which
other work on this machine changes least. A system's handler, and what it is judged against, are imported from its
bundle, as it is deployed: a package that happens to be installed here would be imported where another one asks for it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from re import findall
from statistics import median
from typing import Final

from benchmarks.figures import Figure
from benchmarks.slopes import Pair
from constructs_lib.bundling.builder import Plan, Recipe
from constructs_lib.bundling.cache import Cache
from constructs_lib.bundling.target import Target

__all__ = [
    "LAMBDA",
    "figures",
    "handlers",
    "imported",
    "library_figures",
    "library_handlers",
    "system_figures",
]

_ROOT: Final = Path(__file__).parent.parent
_SOURCES: Final = _ROOT / "lambda_src"
_NO_HANDLER: Final = ("handler_toolkit", "order_book", "warm_up")
"""What handlers import."""
_IN_BUNDLES: Final = ("handler_toolkit", "order_book")
_WARM_UP: Final = 1
_LIBRARY_TARGET, _SYSTEM_TARGET = 1.2, 1.3
_TIMED: Final = "import time\nstart = time.process_time()\n{}\nprint(time.process_time() - start)"
_BOTO3: Final = "import boto3"
_SAME: Final = ("aws_lambda_powertools", "pydantic")
_TELEMETRY: Final = (
    "from aws_lambda_powertools import Logger, Metrics, Tracer",
    "Logger(), Metrics(), Tracer(patch_modules=('botocore',))",
)
# Without the first, X-Ray's SDK makes two clients of its own, and without the keys botocore asks a server for some.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
LAMBDA: Final = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
}
"""Variables that Lambda sets."""


def figures(repetitions: int) -> list[Figure]:
    """One of each handler."""
    library = library_handlers()
    systems = [name for name in handlers() if name not in library]
    return [*library_figures(library, repetitions), *system_figures(systems, repetitions)]


def handlers() -> list[str]:
    """All folders that hold a handler."""
    folders = (path.name for path in _SOURCES.iterdir() if path.is_dir() and path.name[0] not in "._")
    return sorted(name for name in folders if name not in _NO_HANDLER)


def library_handlers() -> list[str]:
    """Those that travel in the wheel: they bring nothing along."""
    return [name for name in handlers() if not _has_requirements(name)]


def imported(name: str) -> dict[str, list[str]]:
    """What the handler imports, and the services whose clients it makes while it is imported."""
    found: dict[str, list[str]] = json.loads(_python(name, "-m", "benchmarks.handler_runs", _module(name)))
    return found


def library_figures(names: list[str], repetitions: int) -> list[Figure]:
    """Of each, against boto3 alone."""
    found = []
    for name in names:
        own, boto3 = _seconds(name, [f"import {_module(name)}", _BOTO3], repetitions)
        found.append(_figure(name, Pair.of(own, boto3), f"boto3 alone: {_ms(boto3)}", _LIBRARY_TARGET))
    return found


def system_figures(names: list[str], repetitions: int) -> list[Figure]:
    """Of each, against boto3 and the same of Powertools."""
    found = []
    for name in names:
        brought = imported(name)
        same = [module for module in brought["modules"] if module.partition(".")[0] in _SAME]
        bare = "\n".join([_BOTO3, *(f"import {module}" for module in same), *_TELEMETRY])
        clients = "\n".join(f"boto3.client({service!r})" for service in brought["clients"])
        own, other, ready = _seconds(
            name, [f"import {_module(name)}", bare, f"{bare}\n{clients}"], repetitions
        )
        several = "s" if len(brought["clients"]) > 1 else ""
        told = f"boto3, Powertools: {_ms(other)} (with the client{several} {_ms(ready)})"
        found.append(_figure(name, Pair.of(own, other), told, _SYSTEM_TARGET))
    return found


def _seconds(name: str, statements: list[str], repetitions: int) -> list[list[float]]:
    """Of the processor, that each of `statements` takes; they take turns."""
    taken: list[list[float]] = [[] for _ in statements]
    for number in range(_WARM_UP + repetitions):
        for statement, seconds in zip(statements, taken, strict=True):
            time = float(_python(name, "-c", _TIMED.format(statement)))
            if number >= _WARM_UP:  # the bytecode is there
                seconds.append(time)
    return taken


def _figure(name: str, pair: Pair, against: str, target: float) -> Figure:
    return Figure(
        name=f"import of {name}",
        ours=f"{pair.ours * 1000:.0f} ms",
        other=against,
        judged=pair.ratio,
        target=target,
    )


def _ms(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:.0f} ms"


def _has_requirements(name: str) -> bool:
    return (_SOURCES / name / "requirements.in").is_file()


def _module(name: str) -> str:
    return f"{name}.handler" if (_SOURCES / name / name / "handler.py").is_file() else name


def _environment(name: str) -> Mapping[str, str]:
    """Lambda's variables, and a number, which is a name too, for each that the handlers ask for at their start."""
    source = "".join(path.read_text() for path in _SOURCES.rglob("*.py"))
    asked = dict.fromkeys(findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"', source), "60")
    folders = [_bundle(name)] if _has_requirements(name) else [_SOURCES / name]
    return {
        **{variable: value for variable, value in asked.items() if not variable.startswith("AWS_")},
        **LAMBDA,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, [*folders, _ROOT])),
        "PYTHONPYCACHEPREFIX": str(_ROOT / ".cache/bytecode"),  # a bundle stays as it is deployed
    }


@cache
def _bundle(name: str) -> Path:
    recipe = Recipe(
        folder=_SOURCES / name,
        extra_folders=tuple(_SOURCES / each for each in _IN_BUNDLES),
        requirements=None,
        exclude=(),
        keep=(),
        exclude_packages=(),
        target=Target.host(),
    )
    return Plan(recipe, Cache(_ROOT / ".cache/bundling")).build()


def _python(name: str, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - this interpreter, and modules of this repository
        # -S: without what is installed here.
        [sys.executable, *(["-S"] if _has_requirements(name) else []), *arguments],
        cwd=_ROOT,
        env=dict(_environment(name)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")
    return done.stdout.splitlines()[-1]
