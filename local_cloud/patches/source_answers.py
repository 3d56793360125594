"""What a function says of a batch: which of its records have failed.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from collections.abc import Sequence
from typing import Any

_REPORTING = "ReportBatchItemFailures"


def failed(mapping: dict[str, Any], answer: dict[str, Any], identifiers: Sequence[str]) -> set[str]:
    """The identifiers of the records that have to be tried again; all of them where the batch failed as a whole.

    A function that reports failures is believed only where the mapping says so. An empty answer, or one without
    failures, is a success; an identifier that is empty, missing or unknown fails the whole batch.
    """
    if answer.get("error") or answer.get("throttle"):
        return set(identifiers)
    body = answer.get("body")
    if _REPORTING not in (mapping.get("FunctionResponseTypes") or []) or not isinstance(body, dict):
        return set()
    items = body.get("batchItemFailures") or []
    if not isinstance(items, list):
        return set(identifiers)
    reported = [item.get("itemIdentifier") if isinstance(item, dict) else None for item in items]
    if any(not isinstance(name, str) or name not in identifiers for name in reported):
        return set(identifiers)
    return {str(name) for name in reported}
