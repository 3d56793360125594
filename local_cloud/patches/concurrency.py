"""How many invocations of a function run at the moment, and whether its provisioned concurrency covers them."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches.lambda_function import Invoked, function_record

_running: Counter[str] = Counter()
_lock = threading.Lock()


@contextmanager
def counted(invoked: Invoked) -> Iterator[int]:
    """Count one invocation while the block runs; gives how many run now, this one included."""
    with _lock:
        _running[invoked.arn] += 1
        concurrent = _running[invoked.arn]
    try:
        yield concurrent
    finally:
        with _lock:
            _running[invoked.arn] -= 1


def provisioned_concurrency(invoked: Invoked) -> int:
    """The provisioned concurrency of the alias or version that was invoked."""
    configs = function_record(invoked.name).get("provisioned_concurrency") or {}
    config = configs.get(invoked.qualifier) or configs.get(invoked.version) or {}
    return int(config.get("RequestedProvisionedConcurrentExecutions") or 0)


def reserved_concurrency(_func: dict[str, Any], config: dict[str, Any]) -> int | None:
    """Reserved concurrency belongs to the function, whatever version of it runs."""
    reserved = function_record(config.get("FunctionName", "")).get("concurrency")
    return None if reserved is None else int(reserved)


def claimed() -> int:
    """What of the account's concurrency is taken: what is reserved or provisioned, and what else runs.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html
    """
    total = 0
    for function in internal("services.lambda_svc._functions").values():
        reserved = function.get("concurrency")
        configs = (function.get("provisioned_concurrency") or {}).values()
        provisioned = sum(int(c.get("RequestedProvisionedConcurrentExecutions") or 0) for c in configs)
        running = _running[function["config"]["FunctionArn"]]
        total += max(provisioned, running) if reserved is None else int(reserved)
    return total


def initialization_type(config: dict[str, Any]) -> str:
    """Nothing is kept warm here, yet an environment within provisioned concurrency counts as one that was."""
    invoked = Invoked.of(config)
    within = _running[invoked.arn] <= provisioned_concurrency(invoked)
    return "provisioned-concurrency" if within else "on-demand"
