"""Answers health checks: whether this Region has what it needs, within the time that Route 53 waits."""  # noqa: INP001 - a handler's folder

import json
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

__all__ = ["Health", "Need", "handler"]

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

Client = Any

# One that does not answer must not keep a thread for long; the deadline of all together is shorter anyway.
_TIMEOUTS = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2, "mode": "standard"})
# A dependency that says "too much" is there: sending its traffic to the other Region helps neither.
_BUSY = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_SERVING = {"ACTIVE", "UPDATING"}
_SERVER_ERROR = 500
_HEADERS = {"content-type": "text/plain", "cache-control": "no-store"}


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something that the Region needs.

    Attributes:
        name: what the log calls it.
        service: the service that is asked.
        probe: asks it; returns what is wrong, or None.
        vital: whether a probe that fails or comes too late counts. That of alarms does not: it says nothing about what
            they watch.
        busy_is_well: whether one that says "too much" counts as there.
    """

    name: str
    service: str
    probe: Callable[[Client], str | None]
    vital: bool = True
    busy_is_well: bool = True


@dataclass(kw_only=True)
class Health:
    """What this environment knows of the health of its Region.

    Attributes:
        needs: what is asked.
        clients: service to client.
        deadline: seconds until the answer is given, whoever has not answered by then.
        keep: seconds for which an answer stands.
        clock: tells the time in seconds.
    """

    needs: Sequence[Need]
    clients: Mapping[str, Client]
    deadline: float
    keep: float
    clock: Callable[[], float] = time.time
    _asked: float | None = field(default=None, init=False)
    _healthy: bool = field(default=False, init=False)

    def healthy(self) -> bool:
        """Whether everything vital answers and no alarm rings; as of up to `keep` seconds ago."""
        now = self.clock()
        # An environment may have slept, and its clock may have been put back.
        if self._asked is None or not 0 <= now - self._asked < self.keep:
            self._healthy = self._ask()
            self._asked = now
        return self._healthy

    def _ask(self) -> bool:
        if not self.needs:
            return True
        pool = ThreadPoolExecutor(max_workers=len(self.needs))
        asked = {pool.submit(need.probe, self.clients[need.service]): need for need in self.needs}
        wait(asked, timeout=self.deadline)
        # Whoever is still waiting is left behind.
        pool.shutdown(wait=False, cancel_futures=True)
        # Not `all`, which would stop at the first: the log names every one.
        return not [need for probe, need in asked.items() if not _well(need, probe, self.deadline)]


def handler(_event: object, _context: object) -> dict[str, Any]:
    """Answer ``ok`` or ``unavailable``, and say nothing else."""
    healthy = prepared().healthy()
    return {
        "statusCode": 200 if healthy else 503,
        "headers": _HEADERS,
        "body": "ok" if healthy else "unavailable",
    }


@cache
def prepared() -> Health:
    """The health of this Region as the environment variables ``HEALTH_...`` describe it."""
    needs = [_KINDS[each["kind"]](each) for each in json.loads(os.environ["HEALTH_NEEDS"])]
    connect: Callable[..., Client] = boto3.client
    return Health(
        needs=needs,
        clients={each: connect(each, config=_TIMEOUTS) for each in {need.service for need in needs}},
        deadline=float(os.environ["HEALTH_DEADLINE_SECONDS"]),
        keep=float(os.environ["HEALTH_KEEP_SECONDS"]),
    )


def _well(need: Need, probe: "Future[str | None]", deadline: float) -> bool:
    if not probe.done() or probe.cancelled():
        wrong: str | None = f"no answer within {deadline} s"
        counts = need.vital
    elif (error := probe.exception()) is not None:
        busy = isinstance(error, ClientError) and error.response["Error"]["Code"] in _BUSY
        if busy and need.busy_is_well:
            logger.warning("%s is busy: %s", need.name, error)
            return True
        wrong, counts = repr(error), need.vital
    else:
        wrong, counts = probe.result(), True
    if wrong is not None:
        logger.error("%s: %s%s", need.name, wrong, "" if counts else " (does not count)")
    return wrong is None or not counts


def _table(given: Mapping[str, Any]) -> Need:
    name, key, consistent = given["name"], given.get("key"), given.get("consistent", False)

    def describe(client: Client) -> str | None:
        status = client.describe_table(TableName=name)["Table"]["TableStatus"]
        return None if status in _SERVING else f"is {status}"

    def read(client: Client) -> str | None:
        client.get_item(TableName=name, Key=key, ConsistentRead=consistent)
        return None

    return Need(name=f"table {name}", service="dynamodb", probe=read if key else describe)


def _queue(given: Mapping[str, Any]) -> Need:
    url = given["url"]

    def ask(client: Client) -> str | None:
        client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return None

    return Need(name=f"queue {url}", service="sqs", probe=ask)


def _alarms(given: Mapping[str, Any]) -> Need:
    names = given["names"]

    def ask(client: Client) -> str | None:
        answer = client.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
        if missing := set(names) - {alarm["AlarmName"] for alarm in found}:
            logger.error("There are no alarms %s in this Region, or they may not be read.", sorted(missing))
        ringing = sorted(alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM")
        return f"ringing: {', '.join(ringing)}" if ringing else None

    return Need(name="alarms", service="cloudwatch", probe=ask, vital=False)


def _function(given: Mapping[str, Any]) -> Need:
    arn, event = given["arn"], json.dumps(given["event"]).encode()
    may_sleep = not given.get("busy_is_well", True)

    def invoke(client: Client) -> str | None:
        if may_sleep and _sleeps(client, arn):  # asking it would be a throttle, and its alarms would ring
            return "sleeps"
        answer = client.invoke(FunctionName=arn, InvocationType="RequestResponse", Payload=event)
        if kind := answer.get("FunctionError"):
            return f"{kind} error"
        said = json.loads(answer["Payload"].read() or b"null")
        status = said.get("statusCode") if isinstance(said, dict) else None
        return f"answers {status}" if isinstance(status, int) and status >= _SERVER_ERROR else None

    return Need(name=f"function {arn}", service="lambda", probe=invoke, busy_is_well=not may_sleep)


def _sleeps(client: Client, arn: str) -> bool:
    """Whether a function is kept from being invoked; False where that cannot be found out."""
    unqualified = ":".join(arn.split(":")[:7])
    try:
        answer = client.get_function_concurrency(FunctionName=unqualified)
    except (BotoCoreError, ClientError):
        return False
    return bool(answer.get("ReservedConcurrentExecutions") == 0)


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], Need]] = {
    "table": _table,
    "queue": _queue,
    "alarms": _alarms,
    "function": _function,
}

# Lambda gives more CPU while it initialises, and Route 53 does not wait for it then.
if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
    prepared()
