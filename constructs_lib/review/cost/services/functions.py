"""Lambda functions with what they do, and what is kept ready for them.

Duration is billed by memory and time, on provisioned concurrency at another price and without the free tier; 512 MB of
ephemeral storage are included (https://aws.amazon.com/lambda/pricing/).
"""

from collections import defaultdict
from typing import Final

from constructs_lib.review.cost.advice import advise_memory, advise_provisioned
from constructs_lib.review.cost.bill import SECONDS
from constructs_lib.review.cost.provisioned import Provisioned, provisioned_of
from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.reading import Node

__all__ = ["price_functions"]

FUNCTION: Final = "AWS::Lambda::Function"
_GROUP: Final = "functions"
_MB: Final = 1024
_DEFAULT_MEMORY: Final = 128
_DEFAULT_ARCHITECTURE: Final = "x86_64"
_FREE_STORAGE: Final = 512
_EMF_NAMESPACE: Final = "POWERTOOLS_METRICS_NAMESPACE"


def price_functions(sheet: Sheet) -> None:
    """Bill functions: requests, duration, storage, what is provisioned, logs, traces and own metrics."""
    ready = defaultdict(list)
    for each in provisioned_of(sheet):
        ready[each.function].append(each)
        _price_provisioned(sheet, each)
    for node in sheet.stack.of_type(FUNCTION):
        memory, architecture = _shape(node)
        if memory is None:
            sheet.bill.unknown(f"{node.path}: its memory or architecture is known only at deployment.")
        _price_use(sheet, node, memory, architecture, ready[node])
        _price_observed(sheet, node)
        advise_memory(sheet, node, memory)


def _shape(node: Node) -> tuple[float | None, str]:
    """Memory in MB, None where that or the architecture is known only at deployment, and the architecture."""
    memory = node.number("MemorySize", default=_DEFAULT_MEMORY)
    architecture = node.text("Architectures", 0, default=_DEFAULT_ARCHITECTURE)
    return (memory, architecture) if architecture else (None, _DEFAULT_ARCHITECTURE)


def _price_provisioned(sheet: Sheet, ready: Provisioned) -> None:
    quantity = None
    memory, architecture = _shape(ready.function) if ready.function else (None, _DEFAULT_ARCHITECTURE)
    if ready.function is None:
        sheet.bill.unknown(
            f"{ready.node.path}: its function, and with it the memory, is not in these templates."
        )
    if ready.environments is None:
        sheet.bill.unknown(
            f"{ready.node.path}: how many environments are provisioned is known only at deployment."
        )
    elif memory is not None:
        quantity = ready.environments * memory / _MB * SECONDS
    sheet.bill.add(ready.node, _GROUP, f"lambda-provisioned-{architecture}", quantity)
    if ready.scales:
        sheet.bill.unknown(f"{ready.node.path} scales what is provisioned: the sum has the least.")


def _price_use(
    sheet: Sheet, node: Node, memory: float | None, architecture: str, ready: list[Provisioned]
) -> None:
    amounts = sheet.amounts(node)
    requests, milliseconds = amounts.number("requests"), amounts.number("milliseconds")
    sheet.bill.untold(
        "function", node, [name for name in ("requests", "milliseconds") if amounts.number(name) is None]
    )
    if requests is not None:
        sheet.bill.add(node, _GROUP, "lambda-request", requests, free=not ready)
    if requests is None or milliseconds is None or memory is None:
        advise_provisioned(sheet, ready, memory, architecture, None)
        return
    seconds = requests * milliseconds / 1000
    share = amounts.number("provisioned_share")
    wanted = seconds * (1.0 if share is None else share) if ready else 0.0
    environments = sum(each.environments or 0 for each in ready)
    served = min(wanted, environments * SECONDS)
    gigabytes = memory / _MB
    if ready:
        sheet.bill.add(node, _GROUP, f"lambda-provisioned-second-{architecture}", served * gigabytes)
    if seconds > served or not ready:
        sheet.bill.add(
            node, _GROUP, f"lambda-second-{architecture}", (seconds - served) * gigabytes, free=not ready
        )
    _price_extra_storage(sheet, node, seconds)
    advise_provisioned(sheet, ready, memory, architecture, served)


def _price_extra_storage(sheet: Sheet, node: Node, seconds: float) -> None:
    size = node.number("EphemeralStorage", "Size", default=_FREE_STORAGE)
    if size is None:
        sheet.bill.unknown(f"{node.path}: its ephemeral storage is known only at deployment.")
    elif size > _FREE_STORAGE:
        sheet.bill.add(node, _GROUP, "lambda-storage", (size - _FREE_STORAGE) / _MB * seconds)


def _price_observed(sheet: Sheet, node: Node) -> None:
    sheet.used(node, "logs", "log_gb", "logs-written", needed=False)
    sheet.used(node, "logs", "log_stored_gb", "logs-stored", needed=False)
    sheet.used(node, "traces", "traces", "trace", needed=node.text("TracingConfig", "Mode") == "Active")
    publishes = node.has("Environment", "Variables", _EMF_NAMESPACE)
    sheet.used(node, "metrics", "custom_metrics", "custom-metric", needed=publishes)
