"""The catalogue of metrics against itself, against what the library's alarms rely on, and against what replay makes."""

from datetime import date

import pytest

from constructs_lib.alarms.own import published as own
from constructs_lib.review.knowledge.dimension_values import FIXED, RIGHT
from constructs_lib.review.knowledge.metric_names import meant_by
from constructs_lib.review.knowledge.metrics import (
    AS_OF,
    CATALOGUE,
    Kind,
    Published,
    Service,
    service_by_any_case,
)
from constructs_lib.review.knowledge.spans import Span, span_of
from constructs_lib.review.knowledge.statistics import is_extended, of_single_values

_EACH = [(namespace, name) for namespace, service in CATALOGUE.items() for name in service.metrics]


def test_the_catalogue_is_dated_and_every_service_names_its_page() -> None:
    assert date(2026, 11, 1) <= AS_OF
    assert all(service.source.startswith("https://docs.aws.amazon.com/") for service in CATALOGUE.values())
    assert all(namespace.startswith("AWS/") for namespace in CATALOGUE)


def test_no_metric_is_a_slip_of_another() -> None:
    found = [(namespace, name) for namespace, name in _EACH if meant_by(namespace, name) != name]

    assert not found


@pytest.mark.parametrize("namespace", [name for name, service in CATALOGUE.items() if service.complete])
def test_every_metric_of_a_complete_service_is_published_with_some_dimensions(namespace: str) -> None:
    service = CATALOGUE[namespace]

    assert all(service.sets_of(metric) for metric in service.metrics.values())
    assert all(
        service.has(metric, names) for metric in service.metrics.values() for names in service.sets_of(metric)
    )


@pytest.mark.parametrize("namespace", own.PUBLISHED)
def test_dimensions_that_the_library_builds_alarms_with_are_published(namespace: str) -> None:
    service = CATALOGUE[namespace]
    published = (
        service.by
        + service.at_least
        + tuple(each for metric in service.metrics.values() for each in metric.by)
    )

    unknown = [
        names
        for names in own.PUBLISHED[namespace].exactly
        if not any(names == each for each in published)
        and not any(each <= names for each in service.at_least)
    ]

    assert not unknown


@pytest.mark.parametrize("metric", own.HIGHEST, ids="/".join)
def test_the_largest_values_are_those_that_the_library_builds_alarms_with(metric: tuple[str, str]) -> None:
    namespace, name = metric

    assert CATALOGUE[namespace].metrics[name].highest == own.HIGHEST[metric]


@pytest.mark.parametrize("metric", own.ONLY_WITH, ids="/".join)
def test_metrics_with_fewer_dimensions_are_those_that_the_library_knows(metric: tuple[str, str]) -> None:
    namespace, name = metric
    service = CATALOGUE[namespace]
    theirs = own.ONLY_WITH[metric]

    assert not service.has(
        service.metrics[name], frozenset({"TableName"} if namespace == "AWS/DynamoDB" else {"FunctionName"})
    )
    assert all(service.has(service.metrics[name], each) for each in (*theirs.exactly, *theirs.at_least))


def test_dimensions_of_which_the_right_value_is_known_are_published() -> None:
    known = set().union(*(service.dimensions for service in CATALOGUE.values()))

    assert {name for name, _ in RIGHT} <= known
    assert {name for _, name in FIXED} <= known


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Error", "Errors"),
        ("errors", "Errors"),
        ("Duratoin", None),
        ("ProvisionedConcurrencyUtilisation", "ProvisionedConcurrencyUtilization"),
    ],
)
def test_a_slip_is_a_name_that_is_almost_the_same(written: str, meant: str | None) -> None:
    assert meant_by("AWS/Lambda", written) == meant


def test_a_namespace_is_found_whatever_its_case() -> None:
    assert service_by_any_case("aws/lambda") == "AWS/Lambda"
    assert service_by_any_case("Shop") is None


def test_a_name_may_go_on_with_a_code() -> None:
    service = Service(source="", metrics={"Sent": Published(kind=Kind.EVENTS)}, going_on=("Failed_",))

    assert service.knows("Sent")
    assert service.knows("Failed_AccessDenied")
    assert not service.knows("Failed")


@pytest.mark.parametrize(
    ("operator", "threshold", "never", "always"),
    [
        ("GreaterThanThreshold", 1, True, False),
        ("GreaterThanThreshold", 0.9, False, False),
        ("GreaterThanThreshold", -1, False, True),
        ("GreaterThanOrEqualToThreshold", 1, False, False),
        ("GreaterThanOrEqualToThreshold", 1.1, True, False),
        ("GreaterThanOrEqualToThreshold", 0, False, True),
        ("LessThanThreshold", 0, True, False),
        ("LessThanThreshold", 1, False, False),
        ("LessThanThreshold", 1.1, False, True),
        ("LessThanOrEqualToThreshold", 0, False, False),
        ("LessThanOrEqualToThreshold", -0.1, True, False),
        ("LessThanOrEqualToThreshold", 1, False, True),
        (None, 5, False, False),
        ("GreaterThanUpperThreshold", 5, False, False),
    ],
)
def test_a_comparison_with_what_goes_from_0_to_1(
    operator: str | None, threshold: float, *, never: bool, always: bool
) -> None:
    span = Span(low=0, high=1)

    assert (span.never(operator, threshold), span.always(operator, threshold)) == (never, always)


def test_what_starts_at_one_is_only_there_or_not() -> None:
    span = span_of(Published(kind=Kind.EVENTS, least=1), "Sum")

    assert span is not None
    assert span.never("LessThanThreshold", 1)
    assert not span.always("GreaterThanOrEqualToThreshold", 1)
    assert span.always("GreaterThanOrEqualToThreshold", 0)
    assert str(span) == "from 1 up"


def test_sums_have_no_highest_value_and_other_statistics_no_known_one() -> None:
    share = Published(kind=Kind.SHARE, highest=1)

    assert span_of(share, "Sum") == Span(low=0, high=None)
    assert span_of(share, "p99") == Span(low=0, high=1)
    assert span_of(share, "TS(10%:90%)") is None
    assert span_of(share, None) is None


@pytest.mark.parametrize(
    "statistic", ["p99", "p99.9", "p100", "tm90", "IQM", "TM(2%:98%)", "PR(:300)", "TC(0.005:0.030)", "P95"]
)
def test_extended_statistics(statistic: str) -> None:
    assert is_extended(statistic)


@pytest.mark.parametrize("statistic", ["Average", "p", "p101", "99p", "tm", "TM(2%)", "p99 ;"])
def test_what_is_no_extended_statistic(statistic: str) -> None:
    assert not is_extended(statistic)


def test_percentiles_and_trimmed_means_lie_between_the_extremes_and_sums_do_not() -> None:
    assert all(map(of_single_values, ("Average", "Minimum", "p50", "tm90", "TM(10%:90%)", "WM(:95%)", "IQM")))
    assert not any(map(of_single_values, ("Sum", "SampleCount", "TS(:90%)", "PR(:300)", "tc90")))
