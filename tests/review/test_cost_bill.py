"""Bills: tiers and free tier over lines, stacks and Regions, and what is said of what is not known."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.review.cost import Account, Prices, Traffic
from constructs_lib.review.cost.kinds import FLAGS, KINDS, SHARES, TUNING
from constructs_lib.review.cost.traffic import Amounts
from tests.review.cost_cases import billed, costed, priced, traffic_of

_ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Period": 60}}
_QUEUE = {"Type": "AWS::SQS::Queue"}


def alarms(count: int) -> dict[str, Any]:
    return {"Resources": {f"Alarm{number}": _ALARM for number in range(count)}}


def queues(**requests: float) -> tuple[dict[str, Any], Traffic]:
    body = {"Resources": dict.fromkeys(requests, _QUEUE)}
    return body, traffic_of(**{name: {"requests": each} for name, each in requests.items()})


@pytest.mark.parametrize(
    ("count", "usd", "with_free_tier"),
    [(1, 2.0, 0.0), (9, 18.0, 0.0), (10, 20.0, 0.0), (11, 22.0, 2.0), (25, 50.0, 30.0)],
)
def test_the_free_tier_ends_where_it_is_used_up(count: int, usd: float, with_free_tier: float) -> None:
    cost = costed(alarms(count), prices=priced(free={"alarm-metric": 10}))

    assert cost.usd == pytest.approx(usd)
    assert cost.usd_with_free_tier == pytest.approx(with_free_tier)


def test_the_free_tier_is_given_to_the_lines_in_their_order() -> None:
    body, traffic = queues(A=600.0, B=600.0, C=600.0)
    cost = costed(body, traffic=traffic, prices=priced({"queue-request": 1.0}, free={"queue-request": 1000}))

    assert [each.usd for each in cost.lines] == [600.0, 600.0, 600.0]
    assert [each.usd_with_free_tier for each in cost.lines] == [0.0, 200.0, 600.0]


def test_what_costs_nothing_free_costs_the_same_with_the_free_tier() -> None:
    cost = costed(alarms(3))

    assert cost.usd == cost.usd_with_free_tier == pytest.approx(6.0)


def test_tiers_are_those_of_all_lines_together() -> None:
    body, traffic = queues(A=80.0, B=80.0, C=80.0)
    cost = costed(body, traffic=traffic, prices=priced({"queue-request": [(0.0, 1.0), (100.0, 0.5)]}))

    assert [each.usd for each in cost.lines] == [80.0, 20.0 + 30.0, 40.0]
    assert [each.unit_price for each in cost.lines] == [1.0, pytest.approx(50.0 / 80.0), 0.5]


def test_stacks_of_one_account_share_its_tiers_and_its_free_tier() -> None:
    prices = priced({"queue-request": [(0.0, 1.0), (100.0, 0.5)]}, free={"queue-request": 70})
    body, traffic = queues(A=80.0)
    account = Account()

    first = costed(body, traffic=traffic, prices=prices, account=account)
    second = costed(body, traffic=traffic, prices=prices, account=account)

    assert (first.usd, first.usd_with_free_tier) == (80.0, 10.0)
    assert (second.usd, second.usd_with_free_tier) == (50.0, 50.0)


def test_stacks_of_two_accounts_share_nothing() -> None:
    prices = priced(free={"alarm-metric": 10})

    assert costed(alarms(10), prices=prices).usd_with_free_tier == 0.0
    assert costed(alarms(10), prices=prices).usd_with_free_tier == 0.0


def test_a_line_says_what_it_is_for_and_where_its_price_stands() -> None:
    body = {"Resources": {"Alarm": {**_ALARM, "Metadata": {"aws:cdk:path": "Stack1/Shop/Errors/Resource"}}}}

    (line,) = costed(body).lines

    assert (line.logical_id, line.construct_path, line.group) == ("Alarm", "Shop/Errors", "alarms")
    assert (line.quantity, line.unit, line.unit_price, line.usd) == (1, "unit", 2.0, 2.0)
    assert line.source == "https://example.com/us-east-1"


def test_prices_are_those_of_the_stacks_region() -> None:
    prices = priced(regions={"eu-west-1": {"alarm-metric": 5.0}})

    cost = costed(alarms(1), prices=prices, region="eu-west-1")

    assert (cost.region, cost.usd, cost.unknown) == ("eu-west-1", 5.0, ())


def test_prices_that_the_region_lacks_are_named() -> None:
    body = {"Resources": {"A": _ALARM, "B": _ALARM, "C": {"Type": "AWS::CloudWatch::CompositeAlarm"}}}

    cost = costed(body, prices=priced(regions={"eu-west-1": {"composite-alarm": 5.0}}), region="eu-west-1")

    assert cost.usd == pytest.approx(2.0 + 2.0 + 5.0)
    assert cost.unknown == (
        "The price file has no prices of eu-west-1 for these, so that those of us-east-1 stand in: alarm-metric.",
    )


def test_a_region_that_nobody_knows_has_the_fallbacks_prices_and_says_so() -> None:
    cost = costed(alarms(1), region=None)

    assert (cost.region, cost.usd) == ("us-east-1", 2.0)
    assert (
        "Where the stack is deployed is known only then: these are the prices of us-east-1." in cost.unknown
    )


def test_a_price_that_the_file_lacks_leaves_the_resource_out_and_says_so() -> None:
    prices = Prices(date="2026-11-22", fallback="us-east-1", table={})

    cost = costed(alarms(1), prices=prices)

    assert cost.lines == ()
    assert cost.unknown == ("The price file has no price 'alarm-metric': Alarm0 is not in the sum with it.",)


def test_what_nobody_told_is_said_once_for_all_resources_of_a_kind() -> None:
    body = {
        "Resources": {f"Queue{number}": _QUEUE for number in range(5)}
        | {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}}}
    }
    assert costed(body).unknown == (
        "A template does not tell reads, writes, stored_gb of Table: give it in a traffic file.",
        "A template does not tell requests of 5 queues (Queue0, Queue1, Queue2 and 2 more): give it in a traffic file.",
    )


def test_what_is_made_under_an_open_condition_is_in_the_sum_and_said() -> None:
    body = {
        "Parameters": {"Loud": {"Type": "String"}},
        "Conditions": {
            "IsLoud": {"Fn::Equals": [{"Ref": "Loud"}, "yes"]},
            "Never": {"Fn::Equals": ["a", "b"]},
        },
        "Resources": {
            "Sure": _ALARM,
            "Open": {**_ALARM, "Condition": "IsLoud"},
            "Closed": {**_ALARM, "Condition": "Never"},
        },
    }
    cost = costed(body)

    assert [each for each, _, _ in billed(cost)] == ["Sure", "Open"]
    assert cost.unknown == (
        "One resource is made only under a condition that deployment decides; the sum has all of them.",
    )


def test_a_template_of_what_costs_nothing_costs_nothing() -> None:
    cost = costed({"Resources": {"Role": {"Type": "AWS::IAM::Role"}}})

    assert (cost.usd, cost.lines, cost.unknown, cost.advice) == (0.0, (), (), ())


_USED: Mapping[str, Mapping[str, Any]] = {
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {"MemorySize": 512, "EphemeralStorage": {"Size": 1024}},
    },
    "Ready": {"Type": "AWS::Lambda::Function", "Properties": {"Architectures": ["arm64"]}},
    "Alias": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "FunctionName": {"Ref": "Ready"},
            "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2},
        },
    },
    "Logs": {"Type": "AWS::Logs::LogGroup"},
    "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}},
    "Queue": _QUEUE,
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Workflow": {"Type": "AWS::StepFunctions::StateMachine"},
    "Express": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"StateMachineType": "EXPRESS"}},
    "Api": {"Type": "AWS::ApiGateway::RestApi"},
    "Key": {"Type": "AWS::KMS::Key"},
    "Secret": {"Type": "AWS::SecretsManager::Secret"},
    "Schedule": {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {"ScheduleExpression": "cron(0 1 * * ? *)"},
    },
    "Zone": {"Type": "AWS::Route53::HostedZone"},
    "Alarm": _ALARM,
}
_NUMBERS = {
    kind: [name for name in found.amounts if name not in {TUNING, *FLAGS, *SHARES}]
    for kind, found in KINDS.items()
}
_AMOUNT = st.floats(0, 1e12, allow_nan=False) | st.integers(0, 10**12)
_TRAFFICS = st.fixed_dictionaries(
    {kind: st.fixed_dictionaries(dict.fromkeys(names, _AMOUNT)) for kind, names in _NUMBERS.items()}
)


def usage(amounts: Mapping[str, Mapping[str, float]]) -> Traffic:
    return Traffic(
        where="traffic.yaml", default={kind: Amounts(dict(each)) for kind, each in amounts.items()}
    )


@given(_TRAFFICS, st.sampled_from(["us-east-1", "eu-central-1", "ap-southeast-2", "xx-north-9"]))
def test_no_line_is_negative_and_none_is_dearer_with_the_free_tier(
    amounts: dict[str, dict[str, float]], region: str
) -> None:
    cost = costed({"Resources": _USED}, traffic=usage(amounts), prices=Prices.read(), region=region)

    for line in cost.lines:
        assert line.usd is not None
        assert line.usd_with_free_tier is not None
        assert 0 <= line.usd_with_free_tier <= line.usd
        assert line.unit_price >= 0
        assert line.quantity is not None
        assert line.usd == pytest.approx(line.quantity * line.unit_price)


@given(_TRAFFICS, st.data())
def test_more_traffic_never_costs_less(amounts: dict[str, dict[str, float]], data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(kind for kind, names in _NUMBERS.items() if names)))
    name = data.draw(st.sampled_from(_NUMBERS[kind]))
    more = {**amounts, kind: {**amounts[kind], name: amounts[kind][name] + data.draw(st.integers(1, 10**9))}}

    before, after = (
        costed({"Resources": _USED}, traffic=usage(each), prices=Prices.read()) for each in (amounts, more)
    )
    assert after.usd >= before.usd - 1e-6 * abs(before.usd)
    assert after.usd_with_free_tier >= before.usd_with_free_tier - 1e-6 * abs(before.usd_with_free_tier)
