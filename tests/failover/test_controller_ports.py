"""What the controller's calls to AWS say, and what it makes of the answers."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from failover_controller.model import Mode, Sleeper, State
from failover_controller.ports import OvertakenError
from failover_controller.signals import change_in, read_alarm, read_mode
from failover_controller.sleepers import ensure
from failover_controller.table import TableStore

NOW = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)
AT = NOW.timestamp()


def stubbed(service: str) -> tuple[Any, Stubber]:
    connect: Callable[..., Any] = boto3.client
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = connect(service, region_name="us-west-2", **keys)
    stubber = Stubber(client)
    stubber.activate()
    return client, stubber


def alarm(state: str | None, minutes_ago: float = 10) -> Any:
    """A client whose CloudWatch knows the alarm so; None for one that does not answer."""
    client, stubber = stubbed("cloudwatch")
    if state is None:
        stubber.add_client_error("describe_alarms", "Throttling")
    else:
        when = NOW - timedelta(minutes=minutes_ago)
        found = {"AlarmName": "Down", "StateValue": state, "StateUpdatedTimestamp": when}
        stubber.add_response("describe_alarms", {"MetricAlarms": [found]})
    return client


def event(state: str, minutes_ago: float) -> dict[str, Any]:
    when = (NOW - timedelta(minutes=minutes_ago)).isoformat()
    return {
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {"state": {"value": state, "timestamp": when}},
    }


@pytest.mark.parametrize(
    ("described", "change", "ringing"),
    [
        ("OK", None, False),
        ("ALARM", None, True),
        ("INSUFFICIENT_DATA", None, None),
        ("OK", event("ALARM", 1), True),  # CloudWatch's answer lags behind
        ("OK", event("ALARM", 30), False),  # the event comes late
        (None, event("ALARM", 1), True),
    ],
)
def test_the_newest_word_of_the_alarm_counts(
    *, described: str | None, change: dict[str, Any] | None, ringing: bool | None
) -> None:
    found = change_in(change or {})
    assert read_alarm(alarm(described), "Down", found, AT).ringing is ringing


@pytest.mark.parametrize("change", [None, event("ALARM", 30)])
def test_without_an_answer_or_a_fresh_event_nothing_was_seen(change: dict[str, Any] | None) -> None:
    client = alarm(None)
    with pytest.raises(client.exceptions.ClientError):
        read_alarm(client, "Down", change_in(change or {}), AT)


def test_an_alarm_that_is_not_there_is_said() -> None:
    client, stubber = stubbed("cloudwatch")
    stubber.add_response("describe_alarms", {})
    with pytest.raises(LookupError, match="no alarm 'Down'"):
        read_alarm(client, "Down", None, AT)


@pytest.mark.parametrize(("said", "mode"), [("auto", Mode.AUTO), (" Frozen\n", Mode.FROZEN)])
def test_people_may_write_it_as_they_like(said: str, mode: Mode) -> None:
    client, stubber = stubbed("ssm")
    stubber.add_response("get_parameter", {"Parameter": {"Value": said}}, {"Name": "Mode"})
    assert read_mode(client, "Mode") is mode


def done(service: str, sleeper: Sleeper, answers: list[tuple[str, Any, Any]], *, awake: bool = True) -> bool:
    """Whether `ensure` had to do something; the calls it made are `answers`."""
    client, stubber = stubbed(service)
    for call, answer, expected in answers:
        if isinstance(answer, str):
            stubber.add_client_error(call, answer)
        else:
            stubber.add_response(call, answer, expected)
    changed = ensure(lambda _: client, sleeper, awake)
    stubber.assert_no_pending_responses()
    return changed


def sleeper(
    kind: str, *, awake: int | bool | None = True, asleep: int | bool | None = False, **target: str
) -> Sleeper:
    return Sleeper(kind=kind, name=kind, asleep=asleep, awake=awake, target=target)


def test_reserved_concurrency_that_is_to_be_none_is_deleted() -> None:
    orders = sleeper("reserved", awake=None, asleep=0, function="Orders")
    name = {"FunctionName": "Orders"}
    present = ("get_function_concurrency", {"ReservedConcurrentExecutions": 0}, name)

    assert done("lambda", orders, [present, ("delete_function_concurrency", {}, name)])
    assert not done("lambda", orders, [("get_function_concurrency", {}, name)])
    assert not done("lambda", orders, [present], awake=False)


PLACE = {"FunctionName": "Orders", "Qualifier": "live"}


def provisioned(number: int, status: str = "READY") -> tuple[str, dict[str, Any], dict[str, str]]:
    answer = {"RequestedProvisionedConcurrentExecutions": number, "Status": status}
    return "get_provisioned_concurrency_config", answer, PLACE


def test_provisioned_concurrency_is_set_and_deleted() -> None:
    orders = sleeper("provisioned", awake=5, asleep=0, function="Orders", alias="live")
    none = ("get_provisioned_concurrency_config", "ProvisionedConcurrencyConfigNotFoundException", None)
    put: tuple[str, Any, Any] = (
        "put_provisioned_concurrency_config",
        {},
        {**PLACE, "ProvisionedConcurrentExecutions": 5},
    )
    delete: tuple[str, Any, Any] = ("delete_provisioned_concurrency_config", {}, PLACE)

    assert done("lambda", orders, [none, put])
    assert not done("lambda", orders, [provisioned(5, "IN_PROGRESS")])
    assert done("lambda", orders, [provisioned(5, "FAILED"), put])
    assert done("lambda", orders, [provisioned(5), delete], awake=False)
    assert not done("lambda", orders, [none], awake=False)


@pytest.mark.parametrize(
    ("arn", "place"),
    [
        ("arn:aws:events:us-west-2:111122223333:rule/Nightly", {"Name": "Nightly"}),
        (
            "arn:aws:events:us-west-2:111122223333:rule/shop/Nightly",
            {"Name": "Nightly", "EventBusName": "shop"},
        ),
        (
            "arn:aws:events:us-west-2:111122223333:rule/aws.partner/a/b/Nightly",
            {"Name": "Nightly", "EventBusName": "aws.partner/a/b"},
        ),
    ],
)
def test_a_rule_is_found_on_its_bus(arn: str, place: Mapping[str, str]) -> None:
    rule = sleeper("rule", arn=arn)
    off, on = ({"State": state} for state in ("DISABLED", "ENABLED"))

    assert done("events", rule, [("describe_rule", off, place), ("enable_rule", {}, place)])
    assert done("events", rule, [("describe_rule", on, place), ("disable_rule", {}, place)], awake=False)
    assert not done("events", rule, [("describe_rule", on, place)])


UUID = "12345678-1234-1234-1234-123456789abc"


def test_a_mapping_that_is_on_its_way_is_left_alone() -> None:
    mapping = sleeper("mapping", uuid=UUID)
    for state, awake, changes in (
        ("Enabling", True, False),
        ("Disabling", False, False),
        ("Disabled", True, True),
        ("Enabled", False, True),
    ):
        calls: list[tuple[str, Any, Any]] = [("get_event_source_mapping", {"State": state}, {"UUID": UUID})]
        if changes:
            calls.append(("update_event_source_mapping", {}, {"UUID": UUID, "Enabled": awake}))
        assert done("lambda", mapping, calls, awake=awake) is changes


def test_a_schedule_keeps_all_its_other_settings() -> None:
    schedule = sleeper("schedule", arn="arn:aws:scheduler:us-west-2:111122223333:schedule/default/Nightly")
    present = {
        "Arn": "arn",
        "Name": "Nightly",
        "GroupName": "default",
        "State": "DISABLED",
        "ScheduleExpression": "rate(1 day)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": "a" * 20, "RoleArn": "r" * 20, "Input": "{}"},
        "CreationDate": NOW,
    }
    kept = {name: present[name] for name in present if name not in ("Arn", "CreationDate", "State")}

    assert done(
        "scheduler",
        schedule,
        [
            ("get_schedule", present, {"GroupName": "default", "Name": "Nightly"}),
            ("update_schedule", {"ScheduleArn": "arn:aws:x"}, {**kept, "State": "ENABLED"}),
        ],
    )


def canceled(stubber: Stubber, code: str) -> None:
    stubber.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields={"CancellationReasons": [{"Code": code}]},
        expected_params={"TransactItems": ANY},
    )


def test_a_conflict_with_a_write_at_the_same_moment_is_tried_again() -> None:
    client, stubber = stubbed("dynamodb")
    store = TableStore(client, table="State", controller="Shop")
    canceled(stubber, "TransactionConflict")
    stubber.add_response("transact_write_items", {})
    store.save(State(version=1), AT)
    canceled(stubber, "TransactionConflict")
    canceled(stubber, "ConditionalCheckFailed")
    with pytest.raises(OvertakenError):
        store.save(State(version=2), AT)
    for _ in range(3):
        canceled(stubber, "TransactionConflict")
    with pytest.raises(client.exceptions.TransactionCanceledException):
        store.save(State(version=3), AT)
    stubber.assert_no_pending_responses()


def test_the_time_is_that_of_the_tables_answer() -> None:
    client, stubber = stubbed("dynamodb")
    headers = {"date": "Fri, 20 Mar 2026 10:30:00 GMT"}
    stubber.add_response("get_item", {"ResponseMetadata": {"HTTPHeaders": headers}})
    assert TableStore(client, table="State", controller="Shop").load() == (State(), AT)
