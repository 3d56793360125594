"""The alarms of the order service, over incidents: each rings the right alarm in time, and people are told once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from constructs_lib.replay import (
    FLAT,
    Counter,
    DeadLetterDrip,
    DeadLetterQueue,
    DynamoDbTable,
    ErrorBurst,
    Gauge,
    HttpApi,
    Incidents,
    LambdaFunction,
    LatencyStep,
    Mark,
    RegionOutage,
    Report,
    Shape,
    Silence,
    SqsQueue,
    Step,
    Target,
    ThrottleStorm,
    TrafficSpike,
    flapping,
    slow_ramp,
)
from constructs_lib.replay.alarms import MetricAlarm, alarms_of
from constructs_lib.template import Assembly, Values, read_assembly
from tests.stacks.test_order_service import built

pytest_plugins = ["constructs_lib.replay.pytest_plugin"]

Replay = Callable[..., Report]
AT = "3h"
SERVICE = "Alarms/Service"
STANDSTILL = "Alarms/Way/Standstill"

CREATE_ORDER = LambdaFunction(name="CreateOrder", alias="live", per_minute=120)
SEND_NOTIFICATION = LambdaFunction(name="SendNotification", alias="live", per_minute=100)
API = HttpApi(name="Api", per_minute=130)
ORDERS = DynamoDbTable(name="Orders", reads=40, writes=100)
IDEMPOTENCY = DynamoDbTable(name="Idempotency", reads=60, writes=200, write="UpdateItem")
DEAD_LETTERS = {name: DeadLetterQueue(name=name) for name in ("CreateOrder", "SendNotification")}
FUNCTIONS = {
    name: LambdaFunction(name=f"Fulfilment/{name}", alias="live", per_minute=rate)
    for name, rate in {
        "TrackOrder": 200,
        "Payments/ProcessPayment": 100,
        "Payments/Sandbox": 100,
        "UpdateInventory": 100,
        "FulfilOrder": 60,
        "CheckOrders": 5,  # more often than by its schedule, since traffic here comes by chance
    }.items()
}
REDRIVE = LambdaFunction(name="Redrive/Function", alias="live", per_minute=5)  # likewise
TABLES = {
    name: DynamoDbTable(name=name, reads=20, writes=100)
    for name in ("Charges", "Stock", "Reservations", "Fulfilment/Payments/Breakers", "Redrive/Ledger")
}
QUEUE = SqsQueue(name="Fulfilment/Queue/Queue", per_minute=100)
KEPT = {
    name: DeadLetterQueue(name=f"Fulfilment/{name}")
    for name in (
        "Queue/DeadLetters",
        "Parked",
        "Workflow/ParkingQueue",
        "CheckOrders/DeadLetters",
        "Check/DeadLetters",
    )
}
STEPS_FAILED, STEPS_DELAYED = (
    Counter(namespace="OrderService", name=name, dimensions={"service": "ProcessPayment"}, zeros=False)
    for name in ("StepsFailed", "StepsDelayed")
)
# Powertools publishes a count only where it counts something.
ORDERS_CREATED = Counter(
    namespace="OrderService",
    name="OrdersCreated",
    dimensions={"service": "CreateOrder"},
    per_minute=100,
    zeros=False,
)
WAY = {
    name: Counter(
        namespace="OrderService", name=name, dimensions={"service": service}, per_minute=90, zeros=False
    )
    for name, service in {
        "FulfilmentsBegun": "FulfilOrder",
        "PaymentsTaken": "ProcessPayment",
        "ReservationsMade": "UpdateInventory",
        "OrdersCompleted": "TrackOrder",
        "ConfirmationsSent": "SendNotification",
    }.items()
}
CLAIMED = Gauge(namespace="AWS/Lambda", name="ClaimedAccountConcurrency", level=50, noise=5)
EXECUTIONS = Gauge(namespace="AWS/Lambda", name="ConcurrentExecutions", level=40, noise=5)
COMMON: tuple[Target, ...] = (
    CREATE_ORDER,
    SEND_NOTIFICATION,
    API,
    ORDERS,
    IDEMPOTENCY,
    *DEAD_LETTERS.values(),
    *FUNCTIONS.values(),
    REDRIVE,
    *TABLES.values(),
    QUEUE,
    *KEPT.values(),
    ORDERS_CREATED,
    *WAY.values(),
    CLAIMED,
    EXECUTIONS,
)


@dataclass(frozen=True)
class Watched:
    """What production's alarms watch; metrics of logs have the names of functions in theirs."""

    assembly: Assembly
    alarms: dict[str, MetricAlarm]

    def events(self, path: str) -> Counter:
        """What the alarm at `path` counts: something that does not happen in normal times."""
        (metric,) = self.alarms[path].metrics
        return Counter(
            namespace=metric.namespace, name=metric.name, dimensions=dict(metric.dimensions), zeros=False
        )

    def level(self, path: str, *, query: str = "m", level: float, noise: float) -> Gauge:
        metric = self.alarms[path].queries[query].metric
        assert metric is not None
        return Gauge(
            namespace=metric.namespace,
            name=metric.name,
            dimensions=dict(metric.dimensions),
            level=level,
            noise=noise,
        )

    @property
    def memory(self) -> Gauge:
        return self.level("CreateOrder/Alarms/MemoryUsed", level=200, noise=2)

    @property
    def cold_starts(self) -> Counter:
        metric = self.alarms["CreateOrder/Alarms/ColdStartRate"].queries["starts"].metric
        assert metric is not None
        return Counter(
            namespace=metric.namespace, name=metric.name, dimensions=dict(metric.dimensions), per_minute=0.3
        )

    @property
    def event_age(self) -> Gauge:
        return self.level("SendNotification/Alarms/AsyncEventAge", level=500, noise=50)

    @property
    def normal(self) -> tuple[Target, ...]:
        """What has metrics in normal times."""
        return (*COMMON, self.memory, self.cold_starts, self.event_age)


@cache
def production() -> Watched:
    service = built("production").app
    (template,) = (
        each for each in read_assembly(Path(service.outdir)).templates if each.name == "OrderService-prod"
    )
    found = {
        each.path: each for each in alarms_of(template, Values(template)) if isinstance(each, MetricAlarm)
    }
    return Watched(Assembly(templates=(template,)), found)


@pytest.fixture
def watched() -> Watched:
    return production()


def happen(path: str) -> Callable[[Watched], Shape]:
    """What the alarm at `path` counts happens three times a minute."""
    return lambda watched: DeadLetterDrip(on=watched.events(path), at=AT, lasts="10m", per_minute=3)


Shapes = Sequence[Shape | Callable[[Watched], Shape]]

INCIDENTS: dict[str, tuple[str, str, Shapes]] = {
    "a few requests fail in one minute": (
        "CreateOrder/Alarms/Errors",
        "2m",
        [ErrorBurst(on=CREATE_ORDER, at=AT, lasts="1m", share=0.2)],
    ),
    "a new version fails on a third of the orders": (
        "CreateOrder/Alarms/ErrorRate",
        "4m",
        [ErrorBurst(on=(CREATE_ORDER, API), at=AT, lasts="20m", share=0.3)],
    ),
    "confirmations fail for good": (
        "SendNotification/Alarms/DeadLetterDepth",
        "6m",
        [
            ErrorBurst(on=SEND_NOTIFICATION, at=AT, lasts="20m", share=0.3),
            DeadLetterDrip(on=DEAD_LETTERS["SendNotification"], at="3h3m", lasts="20m", per_minute=2),
        ],
    ),
    "the database slows down at once": (
        "CreateOrder/Alarms/Duration",
        "4m",
        [LatencyStep(on=(CREATE_ORDER, API), at=AT, lasts="30m", factor=60)],
    ),
    "answers get slower within an hour": (
        "Alarms/Api/Latency",
        "40m",
        [slow_ramp(LatencyStep(on=(CREATE_ORDER, API), at=AT, lasts="1h", factor=20))],
    ),
    "no execution environment is free": (
        "CreateOrder/Alarms/Throttles",
        "4m",
        [ThrottleStorm(on=CREATE_ORDER, at=AT, lasts="15m", share=0.4)],
    ),
    "the API answers half of the requests with 500": (
        "Alarms/Api/ServerErrorRate",
        "4m",
        [ErrorBurst(on=API, at=AT, lasts="15m", share=0.5)],
    ),
    "a client sends what the API refuses": (
        "Alarms/Api/ClientErrorRate",
        "6m",
        [ThrottleStorm(on=API, at=AT, lasts="15m", share=0.3)],
    ),
    "a hot key throttles the orders": (
        "Alarms/Orders/WriteThrottles",
        "6m",
        [ThrottleStorm(on=ORDERS, at=AT, lasts="15m", share=0.2)],
    ),
    "every write of the orders is throttled, so that nothing is consumed": (
        "Alarms/Orders/WriteThrottles",
        "6m",
        [ThrottleStorm(on=ORDERS, at=AT, lasts="15m", share=1)],
    ),
    "the table of requests in progress is throttled": (
        "Alarms/Idempotency/WriteThrottles",
        "6m",
        [ThrottleStorm(on=IDEMPOTENCY, at=AT, lasts="15m", share=0.2)],
    ),
    "DynamoDB has errors": (
        "Alarms/Orders/SystemErrors",
        "6m",
        [ErrorBurst(on=ORDERS, at=AT, lasts="15m", share=0.2)],
    ),
    "failed events cannot be kept": (
        "SendNotification/Alarms/DestinationDeliveryFailures",
        "2m",
        [happen("SendNotification/Alarms/DestinationDeliveryFailures")],
    ),
    "events are given up": (
        "SendNotification/Alarms/AsyncEventsDropped",
        "2m",
        [happen("SendNotification/Alarms/AsyncEventsDropped")],
    ),
    "events wait longer and longer": (
        "SendNotification/Alarms/AsyncEventAge",
        "4h",
        [lambda watched: slow_ramp(Step(on=watched.event_age, at=AT, lasts="6h", to=6 * 3_600_000))],
    ),
    "the functions call each other in a circle": (
        "SendNotification/Alarms/RecursiveInvocationsDropped",
        "2m",
        [happen("SendNotification/Alarms/RecursiveInvocationsDropped")],
    ),
    "requests time out": (
        "CreateOrder/Alarms/Timeouts",
        "2m",
        [
            happen("CreateOrder/Alarms/Timeouts"),
            ErrorBurst(on=CREATE_ORDER, at=AT, lasts="10m", share=0.05),
        ],
    ),
    "the function runs out of memory": (
        "CreateOrder/Alarms/OutOfMemory",
        "2m",
        [happen("CreateOrder/Alarms/OutOfMemory")],
    ),
    "memory leaks": (
        "CreateOrder/Alarms/MemoryUsed",
        "4h",
        [lambda watched: slow_ramp(Step(on=watched.memory, at=AT, lasts="4h", to=500))],
    ),
    "environments are recycled all the time": (
        "CreateOrder/Alarms/ColdStartRate",
        "16m",
        [lambda watched: DeadLetterDrip(on=watched.cold_starts, at=AT, lasts="1h", per_minute=40)],
    ),
    "subscribers get no confirmation": (
        "Alarms/Confirmations/FailedNotifications",
        "2m",
        [happen("Alarms/Confirmations/FailedNotifications")],
    ),
    "messages of orders fail each time": (
        "Fulfilment/Queue/Alarms/DeadLetterDepth",
        "6m",
        [DeadLetterDrip(on=KEPT["Queue/DeadLetters"], at=AT, lasts="20m", per_minute=2)],
    ),
    "orders are parked": (
        "Fulfilment/ParkedAlarms/DeadLetterDepth",
        "6m",
        [DeadLetterDrip(on=KEPT["Parked"], at=AT, lasts="20m", per_minute=1)],
    ),
    "what a workflow did cannot be undone": (
        "Fulfilment/Workflow/ParkingAlarms/DeadLetterDepth",
        "6m",
        [
            DeadLetterDrip(on=KEPT["Workflow/ParkingQueue"], at=AT, lasts="20m", per_minute=1),
            happen("Fulfilment/Workflow/Alarms/ExecutionsFailed"),
        ],
    ),
    "a step fails for a reason that nobody expects": (
        "Fulfilment/StepAlarms/Failed",
        "11m",
        [DeadLetterDrip(on=STEPS_FAILED, at=AT, lasts="10m", per_minute=1)],
    ),
    "a step cannot even be loaded": (
        "Fulfilment/UpdateInventory/Alarms/ErrorRate",
        "16m",
        [ErrorBurst(on=FUNCTIONS["UpdateInventory"], at=AT, lasts="1h", share=1)],
    ),
    "orders wait for transitions of workflows": (
        "Fulfilment/Workflow/Alarms/ExecutionsThrottled",
        "4m",
        [happen("Fulfilment/Workflow/Alarms/ExecutionsThrottled")],
    ),
    "somebody stops workflows": (
        "Fulfilment/Workflow/Alarms/ExecutionsAborted",
        "2m",
        [happen("Fulfilment/Workflow/Alarms/ExecutionsAborted")],
    ),
    "what is re-driven cannot be written down": (
        "Alarms/RedriveLedger/WriteThrottles",
        "6m",
        [ThrottleStorm(on=TABLES["Redrive/Ledger"], at=AT, lasts="15m", share=0.2)],
    ),
    "the payment provider is down": (
        "Fulfilment/StepAlarms/Delayed",
        "11m",
        [DeadLetterDrip(on=STEPS_DELAYED, at=AT, lasts="20m", per_minute=60)],
    ),
    "nobody looks after open orders": (
        "Fulfilment/Check/Heartbeat",
        "30m",
        [Silence(on=FUNCTIONS["CheckOrders"], at=AT, lasts="2h")],
    ),
    "the API may not call the function": ("Alarms/Integration", "2m", [happen("Alarms/Integration")]),
    "errors come and go every other minute": (
        "CreateOrder/Alarms/Errors",
        "2m",
        [flapping(ErrorBurst(on=CREATE_ORDER, at=AT, lasts="30m", share=0.3), up="1m", down="1m")],
    ),
    "everything in the Region fails": (
        "CreateOrder/Alarms/ErrorRate",
        "4m",
        [
            RegionOutage(
                on=(CREATE_ORDER, SEND_NOTIFICATION, API, ORDERS, IDEMPOTENCY),
                at=AT,
                lasts="30m",
                fails=True,
            )
        ],
    ),
}


def of(
    replay: Replay, incident: Incidents, watched: Watched, *shapes: Shape, duration: str = "12h"
) -> Report:
    """The report on steady traffic in which these happen: half a day trains no band for a season."""
    happening = incident(duration=duration, season=FLAT)
    parts: tuple[Target | Shape, ...] = (*watched.normal, *shapes)
    for part in parts:
        happening += part
    return replay(watched.assembly, happening.timeline())


def pages(report: Report) -> list[str]:
    """Who told people that something rings, each time."""
    return [
        each.alarm.path
        for each in report.notifications
        if each.status == "sent" and each.state == "ALARM" and each.targets
    ]


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_right_alarm_rings_in_time_and_the_service_pages_once(
    name: str, replay: Replay, incident: Incidents, watched: Watched
) -> None:
    alarm, within, shapes = INCIDENTS[name]

    report = of(replay, incident, watched, *(each(watched) if callable(each) else each for each in shapes))

    assert report.rang(alarm, within=within, during=report.marks[0])
    assert pages(report) == [SERVICE]


class TestNotOfTheService:
    """What has a page of its own."""

    def test_five_times_the_orders_are_unusual(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        spike = TrafficSpike(on=(CREATE_ORDER, API, ORDERS_CREATED), at="15d", lasts="1h", factor=5)

        report = of(replay, incident, watched, spike, duration="16d")

        assert report.rang("Alarms/UnusualTraffic", within="20m")
        assert report.quiet(SERVICE)
        assert report.approximate

    def test_a_fifth_of_the_orders_is_unusual(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        few = TrafficSpike(on=ORDERS_CREATED, at="15d", lasts="1h", factor=0.2)

        report = of(replay, incident, watched, few, duration="16d")

        assert report.rang("Alarms/UnusualTraffic", within="20m")

    def test_a_day_without_orders_pages_once_although_all_else_is_well(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        none = TrafficSpike(on=(ORDERS_CREATED, *WAY.values()), at="15d", lasts="2d", factor=0)

        report = of(replay, incident, watched, none, duration="18d")

        assert report.rang("Alarms/Way/NoOrders", within="30h")
        assert pages(report).count(STANDSTILL) == 1
        assert report.quiet(SERVICE)

    def test_a_day_on_which_every_order_is_refused_pages_once(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        refused = [WAY[name] for name in ("PaymentsTaken", "ReservationsMade", "OrdersCompleted")]
        none = TrafficSpike(on=(*refused, WAY["ConfirmationsSent"]), at=AT, lasts="40h", factor=0)

        report = of(replay, incident, watched, none, duration="48h")

        assert report.rang("Alarms/Way/NoPayments", within="30h")
        assert report.quiet("Alarms/Way/NoOrders", "Alarms/Way/NoFulfilments", SERVICE)
        assert pages(report) == [STANDSTILL]

    def test_dead_letters_that_nobody_looks_after_any_more(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        report = of(replay, incident, watched, Silence(on=REDRIVE, at=AT, lasts="6h"))

        assert report.rang("Alarms/NoRedrive", within="3h")
        assert pages(report) == ["Alarms/NoRedrive"]

    def test_an_account_that_is_full_pages_once(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        report = of(replay, incident, watched, Step(on=CLAIMED, at=AT, lasts="30m", to=960))

        assert report.rang("AccountAlarms/ClaimedShare", within="11m")
        assert pages(report) == ["AccountAlarms/Health"]

    def test_notifications_that_reach_nobody_go_another_way(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        failed = happen("AlarmTopic/Undelivered/Alarms/Failed")(watched)

        report = of(replay, incident, watched, failed)

        assert report.rang("AlarmTopic/Undelivered/Alarms/Undelivered", within="2m")
        (told,) = [each for each in report.notifications if each.state == "ALARM"]
        assert [target.split(":")[2] for target in told.targets] == ["ssm"]

    def test_cards_that_are_declined_page_nobody(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        report = of(replay, incident, watched, happen("Fulfilment/Workflow/Compensations")(watched))

        assert report.rang("Fulfilment/Workflow/Compensations", within="6m")
        assert pages(report) == []

    def test_one_card_of_seven_that_is_declined_for_a_week_pages_nobody(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        steps = (FUNCTIONS["Payments/ProcessPayment"], FUNCTIONS["UpdateInventory"])
        # Whatever is refused is undone as well: one of eight invocations fails.
        declined = ErrorBurst(on=steps, at=AT, lasts="7d", share=1 / 8)

        report = of(replay, incident, watched, declined, duration="8d")

        assert pages(report) == []


class TestLimits:
    """What these alarms do not do; whoever changes them finds it here."""

    def test_a_fault_that_pauses_for_longer_than_the_alarm_looks_back_pages_again(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        burst = ErrorBurst(on=CREATE_ORDER, at=AT, lasts="1h", share=0.3)

        report = of(replay, incident, watched, flapping(burst, up="5m", down="5m"))

        assert pages(report) == [SERVICE] * 6

    def test_a_region_that_publishes_nothing_rings_only_what_expects_something(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        report = of(replay, incident, watched, Silence(on=watched.normal, at=AT, lasts="32h"), duration="36h")

        assert report.rang("Alarms/Way/NoOrders", within="30h")
        assert report.rang("Fulfilment/Check/Heartbeat", within="30m")
        assert pages(report) == [SERVICE, "Alarms/NoRedrive", STANDSTILL]

    def test_an_hour_without_any_order_is_not_unusual_since_nothing_is_published(
        self, replay: Replay, incident: Incidents, watched: Watched
    ) -> None:
        none = TrafficSpike(on=ORDERS_CREATED, at="15d", lasts="1h", factor=0)

        report = of(replay, incident, watched, none, duration="16d")

        assert report.quiet("Alarms/UnusualTraffic", during=report.marks[0])


@pytest.fixture(scope="module")
def report(replay: Replay) -> Report:
    """Two weeks that train the anomaly band, and a month."""
    watched = production()
    return replay(watched.assembly, Incidents(seed=1).normal(*watched.normal, days=44))


class TestNormalTraffic:
    TRAINING = timedelta(days=14)

    def test_a_month_of_it_rings_nothing(self, report: Report) -> None:
        month = Mark(name="month", start=report.start + self.TRAINING, end=report.end)

        assert month.end - month.start == timedelta(days=30)
        assert report.quiet(during=month)

    def test_before_the_band_is_trained_nothing_else_rings_either(self, report: Report) -> None:
        others = [each.path for stack in report.stacks for each in stack.alarms]
        others.remove("Alarms/UnusualTraffic")

        assert report.quiet(*others)

    def test_all_alarms_are_evaluated(self, report: Report) -> None:
        assert [each.problem for stack in report.stacks for each in stack.unreadable] == []
        assert [each for stack in report.stacks for each in stack.strangers] == []

    def test_only_what_is_published_when_something_fails_has_no_data(self, report: Report) -> None:
        # What re-drives runs only where there are dead letters.
        unfed = [each.path for each in report.unfed if not each.path.startswith("Redrive/")]
        silent = {path.rpartition("/")[2] for path in unfed}

        assert silent == {
            "AsyncEventAge",
            "AsyncEventsDropped",
            "Compensations",
            "DeadLetterFailures",
            "Delayed",
            "DestinationDeliveryFailures",
            "ExecutionsAborted",
            "ExecutionsFailed",
            "ExecutionsThrottled",
            "ExecutionsTimedOut",
            "ExpiringMessages",
            "Failed",
            "FailedInvocations",
            "FailedNotifications",
            "FailedToKeep",
            "Integration",
            "Kept",
            "MemoryUsed",
            "OldestMessageAge",
            "OutOfMemory",
            "RecursiveInvocationsDropped",
            "Stalled",
            "Timeouts",
        }
