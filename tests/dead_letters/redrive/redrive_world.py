"""A world for the redriving handler: queues with visibility, functions, a ledger, and calls that fail.

Everything that a run does to the world is a call; a test hangs what it wants to happen at one of them: a fault, the
end of the run, or the turn of another run.
"""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from io import BytesIO
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from redrive.model import Action, Letter, Report, Route
from redrive.ports import Clients, Entry, OvertakenError, State
from redrive.running import run

START = 1_790_000_000.0
REGION = "eu-central-1"
DEAD = f"https://sqs.{REGION}.amazonaws.com/111122223333/dead"
DEAD_ARN = f"arn:aws:sqs:{REGION}:111122223333:dead"
SOURCE = f"https://sqs.{REGION}.amazonaws.com/111122223333/orders"
SOURCE_ARN = f"arn:aws:sqs:{REGION}:111122223333:orders"
PARKED = f"https://sqs.{REGION}.amazonaws.com/111122223333/parked"
SHIP = f"arn:aws:lambda:{REGION}:111122223333:function:ship"


class Fault(Enum):
    """What becomes of one call."""

    REFUSED = auto()
    """It is throttled and has no effect."""
    LOST = auto()
    """It has its effect, and the answer never comes."""
    UNHEARD = auto()
    """It has no effect, and the answer never comes."""
    KILLED = auto()
    """The run is ended before the call."""
    KILLED_LATE = auto()
    """The run is ended after the call had its effect."""


class KilledError(BaseException):
    """The run is ended: nothing of it happens any more."""


def client_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Call")


def suffer(fault: Fault | None, act: Callable[[], Any]) -> Any:
    if fault is None:
        return act()
    if fault is Fault.KILLED:
        raise KilledError
    if fault is Fault.REFUSED:
        raise client_error("ThrottlingException")
    if fault is not Fault.UNHEARD:
        act()
    if fault is Fault.KILLED_LATE:
        raise KilledError
    raise ReadTimeoutError(endpoint_url="https://aws")


@dataclass
class Stored:
    """A message in a queue."""

    message_id: str
    body: str
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    system: dict[str, str] = field(default_factory=dict)
    visible_at: float = 0.0
    receipt: str = ""


Hook = Callable[["World", str, Callable[[], Any]], Any]


def plainly(_world: "World", _what: str, act: Callable[[], Any]) -> Any:
    return act()


def once(position: int, fault: Fault) -> Hook:
    """The hook that lets `fault` happen to the call at `position`, and to no other."""

    def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
        return suffer(fault if len(world.calls) - 1 == position else None, act)

    return hook


def at(what: str, fault: Fault, times: int = 1) -> Hook:
    """The hook that lets `fault` happen to the first `times` calls named `what`."""
    left = itertools.count()

    def hook(_world: World, name: str, act: Callable[[], Any]) -> Any:
        return suffer(fault if name == what and next(left) < times else None, act)

    return hook


@dataclass
class World:
    """What there is."""

    now: float = START
    queues: dict[str, list[Stored]] = field(default_factory=lambda: {DEAD: [], SOURCE: [], PARKED: []})
    sources: list[str] = field(default_factory=lambda: [SOURCE])
    entries: dict[str, Entry] = field(default_factory=dict)
    audit: list[Action] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    hook: Hook = plainly
    answer: Callable[[str, Any], Any] = lambda _function, _event: None
    """What a function returns; it may raise `FunctionError` or an error of Lambda's."""
    given: list[tuple[float, str, bytes]] = field(default_factory=list)
    """When which function got which event."""
    sent: list[dict[str, Any]] = field(default_factory=list)
    timeout: float = 3.0
    timeouts: dict[str, float] = field(default_factory=dict)
    """Those of functions that have another one."""
    writes: list[tuple[float, Entry | None, Entry]] = field(default_factory=list)
    """When the ledger was written, what was there, and what is there since."""
    killed: bool = False
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def call(self, what: str, act: Callable[[], Any]) -> Any:
        if self.killed:
            raise KilledError
        self.calls.append(what)
        try:
            return self.hook(self, what, act)
        except KilledError:
            self.killed = True
            raise

    def put(self, url: str, body: str, *, message_id: str = "", **more: Any) -> str:
        number = next(self.numbers)
        stored = Stored(message_id=message_id or f"m{number}", body=body, **more)
        stored.system.setdefault("SentTimestamp", str(int(self.now * 1000)))
        self.queues[url].append(stored)
        return stored.message_id

    def dead(self, **record: Any) -> str:
        """Put the record of a failed asynchronous invocation into the dead-letter queue."""
        return self.put(DEAD, json.dumps(failed_record(**record)))

    def ids(self, url: str) -> list[str]:
        return [each.message_id for each in self.queues[url]]

    def state(self, message_id: str) -> State | None:
        entry = self.entries.get(f"letter#{message_id}")
        return entry.state if entry else None

    def finish_moves(self) -> None:
        """SQS moves what is visible, under new ids."""
        for task in self.tasks:
            if task["Status"] == "RUNNING":
                task["Status"] = "COMPLETED"
                for stored in [each for each in self.queues[DEAD] if each.visible_at <= self.now]:
                    self.queues[DEAD].remove(stored)
                    self.put(SOURCE, stored.body, attributes=stored.attributes)

    def fail_moves(self, reason: str, *, moved: int = 0) -> None:
        """The tasks at work fail after they have moved so many."""
        for task in self.tasks:
            if task["Status"] == "RUNNING":
                failed = {"FailureReason": reason, "ApproximateNumberOfMessagesMoved": moved}
                task |= {"Status": "FAILED", **failed}

    def fail_again(self) -> None:
        """What came back to the source queue is dead once more."""
        for stored in self.queues[SOURCE]:
            stored.system["DeadLetterQueueSourceArn"] = SOURCE_ARN
        self.queues[DEAD] += self.queues[SOURCE]
        self.queues[SOURCE] = []


class FunctionError(Exception):
    """The function raised an error."""


@dataclass
class FakeFunctions:
    """Lambda's calls."""

    world: World

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> Any:  # noqa: N803 - boto3's
        assert InvocationType == "RequestResponse"

        def act() -> Any:
            self.world.given.append((self.world.now, FunctionName, Payload))
            try:
                answer = self.world.answer(FunctionName, json.loads(Payload))
            except FunctionError as error:
                said = {"errorType": "FunctionError", "errorMessage": str(error)}
                return {"FunctionError": "Unhandled", "Payload": BytesIO(json.dumps(said).encode())}
            return {"Payload": BytesIO(json.dumps(answer).encode())}

        return self.world.call("invoke", act)

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: N803
        role = f"arn:aws:iam::111122223333:role/{FunctionName.rpartition(':')[2]}"
        seconds = self.world.timeouts.get(FunctionName, self.world.timeout)
        return self.world.call("configuration", lambda: {"Timeout": seconds, "Role": role})


@dataclass
class FakeSqs:
    """SQS's calls. A receipt that is not the latest of its message has no effect."""

    world: World

    def receive_message(self, QueueUrl: str, VisibilityTimeout: int, **_: Any) -> Any:  # noqa: N803
        def act() -> Any:
            taken = []
            for stored in self._visible(QueueUrl)[:10]:
                stored.visible_at = self.world.now + VisibilityTimeout
                stored.receipt = f"r{next(self.world.numbers)}"
                taken.append(stored)
            return {"Messages": [_received(stored) for stored in taken]} if taken else {}

        return self.world.call("receive", act)

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> Any:  # noqa: N803
        def act() -> None:
            queue = self.world.queues[QueueUrl]
            queue[:] = [each for each in queue if each.receipt != ReceiptHandle]

        return self.world.call("delete", act)

    def change_message_visibility_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> Any:  # noqa: N803
        def act() -> None:
            wanted = {each["ReceiptHandle"]: each["VisibilityTimeout"] for each in Entries}
            for stored in self.world.queues[QueueUrl]:
                if stored.receipt in wanted:
                    stored.visible_at = self.world.now + wanted[stored.receipt]

        return self.world.call("release", act)

    def send_message(self, QueueUrl: str, MessageBody: str, **more: Any) -> Any:  # noqa: N803
        def act() -> None:
            self.world.sent.append({"QueueUrl": QueueUrl, "MessageBody": MessageBody, **more})
            attributes = more.get("MessageAttributes", {})
            names = ("MessageGroupId", "MessageDeduplicationId")
            system = {name: more[name] for name in names if name in more}
            self.world.put(QueueUrl, MessageBody, attributes=attributes, system=system)

        return self.world.call("park" if QueueUrl == PARKED else "send", act)

    def get_queue_attributes(self, QueueUrl: str, **_: Any) -> Any:  # noqa: N803
        count = str(len(self.world.queues[QueueUrl]))
        return self.world.call("count", lambda: {"Attributes": {"ApproximateNumberOfMessages": count}})

    def list_dead_letter_source_queues(self, **_: Any) -> Any:
        return self.world.call("sources", lambda: {"queueUrls": list(self.world.sources)})

    def list_message_move_tasks(self, MaxResults: int, **_: Any) -> Any:  # noqa: N803
        latest = self.world.tasks[-MaxResults:][::-1]
        return self.world.call("tasks", lambda: {"Results": [dict(each) for each in latest]})

    def start_message_move_task(self, **more: Any) -> Any:
        def act() -> None:
            if any(each["Status"] == "RUNNING" for each in self.world.tasks):
                raise client_error("InvalidParameterValue")
            number = next(self.world.numbers)
            self.world.tasks.append({"Status": "RUNNING", "StartedTimestamp": number, **more})

        return self.world.call("start", act)

    def _visible(self, url: str) -> list[Stored]:
        """What may be received; in a FIFO queue nothing of a group that somebody has some of."""
        queue, now = self.world.queues[url], self.world.now
        hidden = {_group(each) for each in queue if each.visible_at > now and _group(each)}
        fifo = any(each.system.get("MessageDeduplicationId") for each in queue)
        return [each for each in queue if each.visible_at <= now and not (fifo and _group(each) in hidden)]


def _group(stored: Stored) -> str:
    return stored.system.get("MessageGroupId", "")


def _received(stored: Stored) -> dict[str, Any]:
    return {
        "MessageId": stored.message_id,
        "ReceiptHandle": stored.receipt,
        "Body": stored.body,
        "MessageAttributes": dict(stored.attributes),
        "Attributes": dict(stored.system),
    }


@dataclass
class FakeLedger:
    """The ledger's words, with its conditions."""

    world: World

    def load(self, key: str) -> tuple[Entry | None, float]:
        found: tuple[Entry | None, float] = self.world.call(
            "load", lambda: (self.world.entries.get(key), self.world.now)
        )
        return found

    def write(self, entry: Entry, before: Entry | None, action: Action | None = None) -> Entry:
        written = replace(entry, version=f"v{next(self.world.numbers)}")

        def act() -> None:
            present = self.world.entries.get(entry.key)
            if (present.version if present else None) != (before.version if before else None):
                raise OvertakenError(entry.key)
            self.world.entries[entry.key] = written
            self.world.writes.append((self.world.now, present, written))
            if action is not None:
                self.world.audit.append(action)

        self.world.call(f"write {entry.state}", act)
        return written


@dataclass
class FakeParking:
    """The parking queue's words; what `redrive.parking` sends is tested by itself."""

    world: World

    def park(self, letter: Letter, *, reason: str, attempts: int, error_type: str) -> None:
        why = {"reason": reason, "attempts": attempts, "error_type": error_type}

        def act() -> None:
            self.world.put(PARKED, letter.body, attributes={"why": why, "id": {"of": letter.message_id}})

        self.world.call("park", act)


@dataclass
class FakeClock:
    """The world's time."""

    world: World

    def now(self) -> float:
        return self.world.now

    def sleep(self, seconds: float) -> None:
        self.world.now += seconds


def route(**more: Any) -> Route:
    given = {
        "queue_url": DEAD,
        "queue_arn": DEAD_ARN,
        "written_by": "asynchronous",
        "function": f"{SHIP}:live",
    }
    return Route.from_json({**given, **more})


def redrive(world: World, *, seconds: float = 600.0, threads: int = 1, **more: Any) -> Report:
    """One run, which has `seconds` left."""
    world.killed = False
    ends = world.now + seconds
    sqs: Any = FakeSqs(world)
    return run(
        route(**more),
        clients=Clients(sqs=sqs, functions=FakeFunctions(world)),
        ledger=FakeLedger(world),
        parking=FakeParking(world),
        clock=FakeClock(world),
        deadline=lambda: ends - world.now,
        threads=threads,
    )


def counted(report: Report) -> dict[str, int]:
    """The outcomes that there were."""
    return {str(outcome): number for outcome, number in report.outcomes.items()}


def failed_record(
    payload: Any = None, *, error: str = "KeyError", function: str = f"{SHIP}:live", **more: Any
) -> dict[str, Any]:
    """The record of an on-failure destination, as AWS documents it.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    return {
        "version": "1.0",
        "timestamp": "2026-09-21T12:53:20.000Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-4a80-b8d4-3b3d4e6c0a9f",
            "functionArn": function,
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"order": 1} if payload is None else payload,
        "responseContext": {"statusCode": 200, "executedVersion": "7", "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": "no such key", "errorType": error},
        **more,
    }
