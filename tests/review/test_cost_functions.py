"""Functions, what is provisioned for them, and whether that pays."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.review.cost import Prices
from constructs_lib.review.cost.advice import break_even
from constructs_lib.review.cost.bill import SECONDS
from tests.review.cost_cases import billed, costed, priced, traffic_of

_UNKNOWN = {"Ref": "Parameter"}


def function(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def alias(executions: Any = None, **properties: Any) -> dict[str, Any]:
    config = {} if executions is None else {"ProvisionedConcurrentExecutions": executions}
    ready = {"ProvisionedConcurrencyConfig": config} if config else {}
    return {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"FunctionName": {"Ref": "F"}, "Name": "live", **ready, **properties},
    }


def scaling(
    resource: Any, least: Any = 3, dimension: str = "lambda:function:ProvisionedConcurrency"
) -> dict[str, Any]:
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {
            "ScalableDimension": dimension,
            "ResourceId": resource,
            "MinCapacity": least,
            "MaxCapacity": 20,
        },
    }


def body(**resources: Mapping[str, Any]) -> dict[str, Any]:
    return {"Resources": resources}


@pytest.mark.parametrize(
    ("properties", "key", "gigabytes"),
    [
        ({}, "lambda-second-x86_64", 0.125),
        ({"MemorySize": 1024}, "lambda-second-x86_64", 1.0),
        ({"MemorySize": "512", "Architectures": ["arm64"]}, "lambda-second-arm64", 0.5),
        ({"MemorySize": 2048, "Architectures": ["x86_64"]}, "lambda-second-x86_64", 2.0),
    ],
)
def test_a_function_pays_for_requests_and_for_memory_by_time(
    properties: dict[str, Any], key: str, gigabytes: float
) -> None:
    traffic = traffic_of(F={"requests": 1_000_000.0, "milliseconds": 120.0})

    assert billed(costed(body(F=function(**properties)), traffic=traffic)) == [
        ("F", "lambda-request", 1_000_000),
        ("F", key, pytest.approx(120_000 * gigabytes)),
    ]


def test_aws_own_example_of_a_backend_costs_what_aws_says() -> None:
    # https://aws.amazon.com/lambda/pricing/: three million requests of 120 ms at 1536 MB on x86
    traffic = traffic_of(F={"requests": 3_000_000.0, "milliseconds": 120.0})

    cost = costed(body(F=function(MemorySize=1536)), traffic=traffic, prices=Prices.read())

    assert cost.lines[0].usd_with_free_tier == pytest.approx(0.40)
    assert cost.lines[1].usd_with_free_tier == pytest.approx(2.33, abs=0.005)
    assert cost.usd_with_free_tier == pytest.approx(2.73, abs=0.005)
    assert cost.usd == pytest.approx(0.60 + 540_000 * 0.0000166667)


def test_the_free_tier_of_duration_is_one_for_both_architectures() -> None:
    traffic = traffic_of(
        F={"requests": 300_000.0, "milliseconds": 1000.0}, G={"requests": 300_000.0, "milliseconds": 1000.0}
    )
    resources = body(F=function(MemorySize=1024), G=function(MemorySize=1024, Architectures=["arm64"]))

    cost = costed(resources, traffic=traffic, prices=Prices.read())
    duration = [each.usd_with_free_tier for each in cost.lines if "duration" in each.what]

    assert duration == [0.0, pytest.approx(200_000 * 0.0000133334)]


def test_ephemeral_storage_above_what_is_included_is_paid_by_time() -> None:
    traffic = traffic_of(F={"requests": 1000.0, "milliseconds": 1000.0})
    for size, expected in ((512, []), (1536, [("F", "lambda-storage", 1000.0)])):
        lines = billed(costed(body(F=function(EphemeralStorage={"Size": size})), traffic=traffic))
        assert lines[2:] == expected


def test_logs_traces_and_own_metrics_of_a_function_are_billed_where_they_are_told() -> None:
    traffic = traffic_of(F={"log_gb": 2.0, "log_stored_gb": 1.0, "traces": 5.0, "custom_metrics": 3.0})

    assert billed(costed(body(F=function()), traffic=traffic)) == [
        ("F", "logs-written", 2),
        ("F", "logs-stored", 1),
        ("F", "trace", 5),
        ("F", "custom-metric", 3),
    ]


def test_traces_and_own_metrics_have_to_be_told_where_the_template_asks_for_them() -> None:
    properties = {
        "TracingConfig": {"Mode": "Active"},
        "Environment": {"Variables": {"POWERTOOLS_METRICS_NAMESPACE": "Shop"}},
    }
    assert costed(body(F=function(**properties))).unknown == (
        "A template does not tell requests, milliseconds, traces, custom_metrics of F: give it in a traffic file.",
    )


@pytest.mark.parametrize("properties", [{"MemorySize": _UNKNOWN}, {"Architectures": [_UNKNOWN]}])
def test_a_function_whose_memory_or_architecture_nobody_knows_is_not_guessed(
    properties: dict[str, Any],
) -> None:
    traffic = traffic_of(F={"requests": 1000.0, "milliseconds": 1000.0})

    cost = costed(body(F=function(**properties), A=alias(2)), traffic=traffic)

    assert billed(cost) == [("A", "lambda-provisioned-x86_64", None), ("F", "lambda-request", 1000)]
    assert "F: its memory or architecture is known only at deployment." in cost.unknown


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_provisioned_concurrency_is_paid_by_memory_all_month(architecture: str) -> None:
    resources = body(F=function(MemorySize=1024, Architectures=[architecture]), A=alias(5))

    assert billed(costed(resources)) == [("A", f"lambda-provisioned-{architecture}", 5 * 730 * 3600)]


def test_aws_price_of_a_gigabyte_that_is_ready_all_month() -> None:
    # 0.015 dollars a GB-hour on x86 in us-east-1
    cost = costed(body(F=function(MemorySize=1024), A=alias(1)), prices=Prices.read())

    assert cost.usd == pytest.approx(730 * 0.015, rel=1e-4)


def test_versions_have_provisioned_concurrency_too() -> None:
    version = {
        "Type": "AWS::Lambda::Version",
        "Properties": {
            "FunctionName": {"Ref": "F"},
            "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2},
        },
    }
    lines = billed(costed(body(F=function(MemorySize=512), V=version)))
    assert lines == [("V", "lambda-provisioned-x86_64", SECONDS)]


@pytest.mark.parametrize("resource", ["function:${F}:live", "function:${F}:${A.Name}"])
def test_what_scales_is_billed_by_its_least_and_said(resource: str) -> None:
    resources = body(F=function(MemorySize=1024), A=alias(), S=scaling({"Fn::Sub": resource}))

    cost = costed(resources)

    assert billed(cost) == [("A", "lambda-provisioned-x86_64", 3 * SECONDS)]
    assert "A scales what is provisioned: the sum has the least." in cost.unknown


def test_the_scaling_of_something_else_provisions_nothing() -> None:
    target = scaling({"Fn::Sub": "function:${F}:live"}, dimension="dynamodb:table:ReadCapacityUnits")

    assert billed(costed(body(F=function(), A=alias(), S=target))) == []


@pytest.mark.parametrize(
    ("resources", "says"),
    [
        (body(F=function(), A=alias(_UNKNOWN)), "A: how many environments are provisioned is known only"),
        (
            body(A=alias(2, FunctionName="elsewhere")),
            "A: its function, and with it the memory, is not in these",
        ),
    ],
)
def test_provisioned_concurrency_that_nobody_knows_is_not_guessed(
    resources: dict[str, Any], says: str
) -> None:
    cost = costed(resources)

    assert billed(cost) == [("A", "lambda-provisioned-x86_64", None)]
    assert any(each.startswith(says) for each in cost.unknown)


def test_the_function_of_an_alias_may_be_in_another_stack() -> None:
    named = function(FunctionName="orders", MemorySize=2048)

    cost = costed(body(A=alias(1, FunctionName="orders")), body(F=named))

    assert billed(cost) == [("A", "lambda-provisioned-x86_64", 2 * SECONDS)]


@pytest.mark.parametrize(
    ("amounts", "served", "spilled"),
    [
        ({"requests": 1_000_000.0, "milliseconds": 100.0}, 100_000.0, None),
        ({"requests": 1_000_000.0, "milliseconds": 100.0, "provisioned_share": 0.75}, 75_000.0, 25_000.0),
        ({"requests": 1_000_000.0, "milliseconds": 100.0, "provisioned_share": 0.0}, 0.0, 100_000.0),
        ({"requests": 60_000_000.0, "milliseconds": 100.0}, 2.0 * SECONDS, 6_000_000.0 - 2.0 * SECONDS),
    ],
    ids=["all", "a share", "none", "more than it can take"],
)
def test_what_comes_to_provisioned_environments_is_paid_as_such_and_the_rest_on_demand(
    amounts: dict[str, float], served: float, spilled: float | None
) -> None:
    resources = body(F=function(MemorySize=1024), A=alias(2))

    lines = {what: quantity for _, what, quantity in billed(costed(resources, traffic=traffic_of(F=amounts)))}

    assert lines["lambda-provisioned-second-x86_64"] == pytest.approx(served)
    assert lines.get("lambda-second-x86_64") == (None if spilled is None else pytest.approx(spilled))


def test_a_function_with_provisioned_concurrency_has_no_free_tier() -> None:
    resources = body(F=function(MemorySize=1024), A=alias(1))
    traffic = traffic_of(F={"requests": 1000.0, "milliseconds": 100.0, "provisioned_share": 0.5})

    cost = costed(resources, traffic=traffic, prices=Prices.read())

    assert cost.usd == cost.usd_with_free_tier


@pytest.mark.parametrize(
    ("provisioned", "busy", "on_demand", "share"),
    [
        (3.0, 4.0, 10.0, 0.5),
        (1.0, 0.0, 4.0, 0.25),
        (6.0, 4.0, 10.0, None),
        (7.0, 4.0, 10.0, None),
        (1.0, 5.0, 4.0, None),
    ],
)
def test_the_break_even_is_where_both_cost_the_same(
    provisioned: float, busy: float, on_demand: float, share: float | None
) -> None:
    assert break_even(provisioned, busy, on_demand) == share


@given(*[st.floats(1e-6, 1e3)] * 3, st.floats(0, 1))
def test_above_the_break_even_provisioned_concurrency_is_cheaper_and_below_it_is_not(
    provisioned: float, busy: float, on_demand: float, share: float
) -> None:
    found = break_even(provisioned, busy, on_demand)
    ready, demanded = provisioned + share * busy, share * on_demand
    if ready < demanded * (1 - 1e-9):
        assert found is not None
        assert share > found * (1 - 1e-6)
    elif ready > demanded * (1 + 1e-9):
        assert found is None or share < found * (1 + 1e-6)


def test_advice_says_above_which_utilization_provisioned_concurrency_pays() -> None:
    # 4.1667 / (16.6667 - 9.7222) = 0.60 in us-east-1
    (advice,) = costed(body(F=function(MemorySize=1024), A=alias(2)), prices=Prices.read()).advice

    assert (
        advice
        == "A: provisioned concurrency on x86_64 in us-east-1 costs less than on-demand above 60% busy."
    )


def test_advice_says_where_it_never_pays() -> None:
    # 5.0147 > 16.6667 - 11.7011 in eu-central-1
    resources = body(F=function(), A=alias(2))

    (advice,) = costed(resources, prices=Prices.read(), region="eu-central-1").advice

    assert advice == "A: provisioned concurrency on x86_64 in eu-central-1 never costs less than on-demand."


@pytest.mark.parametrize(
    ("busy", "says"),
    [
        # ready: 2 x 2,628,000 s x 1 dollar; busy: 1 dollar more instead of 4 on demand
        (0.1, "are 10.0% busy and cost 3679200.00 US dollars a month more than on-demand."),
        (0.5, "are 50.0% busy and cost 2628000.00 US dollars a month less than on-demand."),
    ],
)
def test_advice_says_what_it_costs_or_saves_with_the_traffic_that_is_told(busy: float, says: str) -> None:
    prices = priced(
        {
            "lambda-provisioned-x86_64": 1.0,
            "lambda-provisioned-second-x86_64": 1.0,
            "lambda-second-x86_64": 4.0,
        }
    )
    traffic = traffic_of(F={"requests": busy * 2 * SECONDS, "milliseconds": 1000.0})

    cost = costed(body(F=function(MemorySize=1024), A=alias(2)), traffic=traffic, prices=prices)

    assert cost.advice[0].endswith(f"above 33% busy; by the traffic file its 2 environments {says}")
    on_demand = busy * 2 * SECONDS * 4.0
    duration = sum(each.usd or 0 for each in cost.lines if each.what != "lambda-request")
    assert f"{abs(duration - on_demand):.2f}" in cost.advice[0]


def test_advice_is_not_made_of_prices_of_two_regions() -> None:
    prices = priced(regions={"eu-west-1": {"lambda-second-arm64": 4.0}})
    resources = body(F=function(Architectures=["arm64"]), A=alias(1))

    cost = costed(resources, prices=prices, region="eu-west-1")

    assert cost.advice == ()
    assert any(
        "the break-even of provisioned concurrency on arm64 in eu-west-1 is not known" in e
        for e in cost.unknown
    )


def test_nothing_is_advised_for_what_is_not_provisioned() -> None:
    assert costed(body(F=function(), A=alias())).advice == ()
