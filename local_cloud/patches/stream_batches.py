"""Batches of streams are tried again and again until they are done, too old, or tried often enough.

A batch that fails as a whole may be halved, which takes nothing from the retries; one of which the function reports
failures goes on from the first of them. What never reached the function, because it was throttled, is tried again
without being counted.
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud import faults
from local_cloud.hooks import internal
from local_cloud.patches import lambda_metrics, source_answers, source_metrics, stream_failures
from local_cloud.patches.lambda_function import Invoked
from local_cloud.patches.stream_records import Record, Shard

Mapping = dict[str, Any]
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0
"""Seconds before a batch is tried again; they double."""


@dataclass
class _Part:
    """Records that are handled in one invocation, and what has been tried with them."""

    records: Sequence[Record]
    attempts: int = 0
    invocations: int = 0
    answer: dict[str, Any] | None = None


def process(mapping: Mapping, shard: Shard, batch: Sequence[Record], go_on: Callable[[int], None]) -> None:
    """Handle a batch to its end, part by part, and say after each which place of the shard is the next."""
    parts, wait = [_Part(batch)], _FIRST_WAIT
    while parts and _is_active(mapping):
        part = parts[0]
        found, config = internal("services.lambda_svc._get_func_record_for_qualifier")(
            mapping["FunctionName"], mapping.get("Qualifier")
        )
        if found is None:
            return
        done = _too_old(mapping, part.records)
        if done:
            _give_up(
                mapping, shard, _Part(done, 0, part.invocations, part.answer), config, "RecordAgeExceeded"
            )
            parts[:1] = _rest(part, len(done))
        else:
            record = internal("services.lambda_svc._execution_record_for_config")(found, config)
            answer = _invoke(record, part)
            if not answer.get("throttle"):
                parts[:1] = _after(mapping, shard, part, answer, config)
            if parts and parts[0].records[0] is part.records[0]:
                time.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                wait = _FIRST_WAIT
        go_on(parts[0].records[0].place if parts else batch[-1].place + 1)


def _is_active(mapping: Mapping) -> bool:
    return mapping["State"] == "Enabled" and mapping["UUID"] in internal("services.lambda_svc._esms")


def _too_old(mapping: Mapping, records: Sequence[Record]) -> list[Record]:
    """The first records of a part that are older than they may be."""
    longest = int(mapping.get("MaximumRecordAgeInSeconds", -1))
    found: list[Record] = []
    for record in records:
        if longest < 0 or time.time() - record.arrival <= longest:
            break
        found.append(record)
    return found


def _invoke(record: dict[str, Any], part: _Part) -> dict[str, Any]:
    age = (time.time() - part.records[-1].arrival) * 1000
    lambda_metrics.publish(Invoked.of(record), {"IteratorAge": max(0.0, age)})
    with faults.delivered():
        answer: dict[str, Any] = internal("services.lambda_svc._execute_function")(
            record, {"Records": [each.said for each in part.records]}
        )
    return answer


def _after(
    mapping: Mapping, shard: Shard, part: _Part, answer: dict[str, Any], config: Mapping
) -> list[_Part]:
    """What is still to be done with a part after the function has answered."""
    part.invocations += 1
    part.answer = answer
    numbers = [record.sequence_number for record in part.records]
    failed = source_answers.failed(mapping, answer, numbers)
    source_metrics.count(mapping, invoked=len(part.records), failed=len(failed))
    mapping["LastProcessingResult"] = "PROBLEM: Function call failed" if failed else "OK"
    if not failed:
        return []
    first = min(numbers.index(number) for number in failed)
    if first:
        part = _Part(part.records[first:], part.attempts, part.invocations, answer)
    elif mapping.get("BisectBatchOnFunctionError") and len(part.records) > 1:
        middle = (len(part.records) + 1) // 2
        halves = (part.records[:middle], part.records[middle:])
        return [_Part(half, part.attempts, part.invocations) for half in halves]
    part.attempts += 1
    most = int(mapping.get("MaximumRetryAttempts", -1))
    if 0 <= most < part.attempts:
        _give_up(mapping, shard, part, config, "RetryAttemptsExhausted")
        return []
    return [part]


def _rest(part: _Part, done: int) -> list[_Part]:
    left = part.records[done:]
    return [_Part(left, part.attempts, part.invocations, part.answer)] if left else []


def _give_up(mapping: Mapping, shard: Shard, part: _Part, config: Mapping, condition: str) -> None:
    source_metrics.count(mapping, dropped=len(part.records))
    stream_failures.give_up(
        mapping,
        shard,
        part.records,
        condition=condition,
        invocations=part.invocations,
        answer=part.answer,
        config=config,
    )
