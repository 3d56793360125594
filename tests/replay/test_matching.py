"""Which series of a timeline an alarm's metric is."""

from typing import Any

import numpy as np
import pytest

from constructs_lib.replay.matching import Matching
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.replay.watches import MetricKey, Query
from constructs_lib.template import NamePatterns, template_of
from tests.replay.small_app import START

FUNCTION = "Api3F2A1B0C"
TEMPLATE = template_of(
    {
        "Resources": {
            FUNCTION: {
                "Type": "AWS::Lambda::Function",
                "Metadata": {"aws:cdk:path": "Shop/Api/Function/Resource"},
            },
            "Other99887766": {
                "Type": "AWS::Lambda::Function",
                "Metadata": {"aws:cdk:path": "Shop/Other/Function/Resource"},
            },
        }
    },
    name="Shop",
)


def series(name: str = "Errors", /, namespace: str = "AWS/Lambda", **more: Any) -> MetricSeries:
    dimensions = more.pop("dimensions", {"FunctionName": "api"})
    return MetricSeries.of(namespace, name, dimensions, [1], start=START, **more)


def metric(name: str = "Errors", /, namespace: str = "AWS/Lambda", **dimensions: str) -> MetricKey:
    return MetricKey(namespace=namespace, name=name, dimensions=tuple(sorted(dimensions.items())))


def found(
    wanted: MetricKey,
    *there: MetricSeries,
    statistic: str = "Sum",
    period: int = 60,
    asked: dict[str, str] | None = None,
    **where: Any,
) -> list[MetricSeries]:
    matching = Matching(timeline=Timeline.of(there), patterns=NamePatterns(TEMPLATE), **where)
    query = Query(id="m", metric=wanted, statistic=statistic, period=period, **(asked or {}))
    return list(matching.find(wanted, query))


@pytest.mark.parametrize(
    "other",
    [
        series("Throttles"),
        series(namespace="Shop"),
        series(dimensions={}),
        series(dimensions={"FunctionName": "api", "Resource": "api:live"}),
        series(dimensions={"Name": "api"}),
        series(dimensions={"FunctionName": "api2"}),
        series(dimensions={"FunctionName": "xapi"}),
    ],
)
def test_namespace_name_and_all_dimensions_have_to_be_the_same(other: MetricSeries) -> None:
    own = series()
    assert found(metric(FunctionName="api"), other, own) == [own]
    assert found(metric(FunctionName="api"), other) == []


@pytest.mark.parametrize(
    "name",
    [
        FUNCTION,
        "Api/Function",
        "Api",
        f"Shop-{FUNCTION}-AbCdEf123456",
        f"${{{FUNCTION}}}",
    ],
)
def test_a_resource_is_known_by_what_people_and_cloudformation_call_it(name: str) -> None:
    own, other = series(dimensions={"FunctionName": name}), series(dimensions={"FunctionName": "Other"})
    assert found(metric(FunctionName=f"${{{FUNCTION}}}"), own, other) == [own]


@pytest.mark.parametrize(
    "name", ["Function", "Other", f"Stack-{FUNCTION}-AbCdEf123456", f"x{FUNCTION}", "api.*"]
)
def test_a_resource_is_not_known_by_the_name_of_another(name: str) -> None:
    assert found(metric(FunctionName=f"${{{FUNCTION}}}"), series(dimensions={"FunctionName": name})) == []


def test_a_name_is_no_pattern() -> None:
    assert found(metric(FunctionName="a.i"), series()) == []


def test_of_several_series_the_one_with_the_shortest_periods_tells_most() -> None:
    short, long = series(period=10), series(period=300)
    assert found(metric(FunctionName="api"), long, short) == [short]


def test_only_samples_of_the_unit_that_an_alarm_names_count() -> None:
    seconds, count, any_ = series(unit="Seconds"), series(unit="Count"), series()
    over = (seconds, count, any_)

    assert found(metric(FunctionName="api"), *over, asked={"unit": "Seconds"}) == [seconds, any_]
    assert found(metric(FunctionName="api"), *over) == [*over]


def test_a_series_of_an_export_that_tells_only_a_name_is_the_metric_of_that_name() -> None:
    bare, own = series(namespace="", dimensions={}), series()

    assert found(metric(FunctionName="api"), bare) == [bare]
    assert found(metric(FunctionName="api"), bare, own) == [own]
    assert found(metric("Throttles", FunctionName="api"), bare) == []


@pytest.mark.parametrize("what", ["region", "account"])
def test_series_of_another_account_or_region_are_another_metric(what: str) -> None:
    here, there, anywhere = series(**{what: "here"}), series(**{what: "there"}), series()
    where: dict[str, Any] = {what: "here"}

    assert found(metric(FunctionName="api"), here, there, anywhere, **where) == [here, anywhere]
    assert found(metric(FunctionName="api"), here, there, anywhere) == [here, there, anywhere]


def test_an_alarm_on_a_metric_of_another_account_reads_that_one() -> None:
    own, other = series(account="111122223333"), series(account="444455556666")

    for account, read in (("444455556666", other), ("${AWS::AccountId}", own), ("", own)):
        asked = {"account": account}
        assert found(metric(FunctionName="api"), own, other, account="111122223333", asked=asked) == [read]


def test_of_several_periods_the_shortest_that_tells_the_statistic_is_read() -> None:
    sums = {"count": 2, "sum": 5}
    wanted = metric(FunctionName="api")
    each_minute = series(given={"p99": np.array([80.0])})
    five_minutes = MetricSeries.of(
        "AWS/Lambda", "Errors", {"FunctionName": "api"}, [[1, 4]], start=START, period=300
    )
    only_sums = MetricSeries.of(
        "AWS/Lambda", "Errors", {"FunctionName": "api"}, [sums], start=START, period=120
    )
    there = (each_minute, only_sums, five_minutes)

    assert found(wanted, *there) == [each_minute]
    assert found(wanted, *there, statistic="p99") == [each_minute]
    assert found(wanted, *there, statistic="p99", period=300) == [five_minutes]
    assert found(wanted, only_sums, five_minutes, statistic="Maximum") == [five_minutes]
    assert found(wanted, only_sums, statistic="Maximum") == [only_sums]
