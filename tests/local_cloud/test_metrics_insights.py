"""What a Metrics Insights query selects, and what is no query."""

import pytest

from local_cloud.metrics_insights import QueryError, is_query, parse

FULL = (
    'SELECT AVG("Duration ms") FROM SCHEMA("AWS/Lambda", FunctionName, "Resource") '
    "WHERE FunctionName != 'it\\'s' AND tag.\"team-name\" = 'shop' AND tag.stage = 'live' "
    "GROUP BY FunctionName, tag.stage ORDER BY max() DESC LIMIT 7;"
)


def test_every_clause_is_understood() -> None:
    query = parse(FULL)

    assert (query.statistic, query.metric, query.namespace) == ("Average", "Duration ms", "AWS/Lambda")
    assert query.schema == frozenset({"FunctionName", "Resource"})
    conditions = [(c.label, c.equal, c.value) for c in query.conditions]
    assert conditions == [
        ("FunctionName", False, "it's"),
        ("tag.team-name", True, "shop"),
        ("tag.stage", True, "live"),
    ]
    assert query.group_by == ("FunctionName", "tag.stage")
    assert (query.order_by, query.descending, query.limit) == ("Maximum", True, 7)


def test_shortest_query_takes_any_dimensions() -> None:
    query = parse("select sum(Errors) from Shop")

    assert query.schema is None
    assert query.selects({}, {})
    assert query.selects({"Server": "a"}, {})
    assert query.group({"Server": "a"}, {}) == ()


@pytest.mark.parametrize(
    ("query", "selected"),
    [
        ('SELECT SUM(E) FROM SCHEMA("N")', []),
        ('SELECT SUM(E) FROM SCHEMA("N", F)', ["one", "two"]),
        ('SELECT SUM(E) FROM SCHEMA("N", R, F)', ["three"]),
        ('SELECT SUM(E) FROM "N"', ["one", "two", "three"]),
        ("SELECT SUM(E) FROM \"N\" WHERE F = 'a'", ["one", "three"]),
        ("SELECT SUM(E) FROM \"N\" WHERE F != 'a'", ["two"]),
        ("SELECT SUM(E) FROM \"N\" WHERE R != 'x'", []),
        ("SELECT SUM(E) FROM \"N\" WHERE tag.team = 'shop'", ["one", "three"]),
        ("SELECT SUM(E) FROM \"N\" WHERE tag.team = 'shop' AND R = 'x'", ["three"]),
        ('SELECT SUM(E) FROM "N" GROUP BY R', ["three"]),
    ],
)
def test_schema_conditions_and_grouping_select_metrics(query: str, selected: list[str]) -> None:
    metrics = {"one": {"F": "a"}, "two": {"F": "b"}, "three": {"F": "a", "R": "x"}}
    tags = {"a": {"team": "shop"}, "b": {"team": "stock"}}

    found = [key for key, labels in metrics.items() if parse(query).selects(labels, tags[labels["F"]])]

    assert found == selected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT Errors FROM N",
        "SELECT P99(Errors) FROM N",
        "SELECT SUM(Errors)",
        "SELECT SUM(Errors) FROM AWS/Lambda",
        "SELECT SUM(Errors) FROM N WHERE a = 'x' OR b = 'y'",
        "SELECT SUM(Errors) FROM N WHERE a = x",
        'SELECT SUM(Errors) FROM N WHERE a = "x"',
        "SELECT SUM(Errors) FROM N WHERE a LIKE 'x'",
        "SELECT SUM(Errors) FROM N GROUP a",
        "SELECT SUM(Errors) FROM N ORDER BY SUM(Errors)",
        "SELECT SUM(Errors) FROM N LIMIT many",
        "SELECT SUM(Errors) FROM N nonsense",
        "SELECT SUM(Errors) FROM N WHERE a = 'x",
    ],
)
def test_fails_on_what_is_no_valid_query(query: str) -> None:
    assert is_query(query)
    with pytest.raises(QueryError):
        parse(query)


def test_metric_math_is_no_query() -> None:
    assert not is_query("SELECTED / 2")
    assert not is_query("SUM(METRICS())")
