"""What is no metric math, or is not evaluated, says so in one line, with its place; nothing else ever comes out."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.replay.expressions.metric_math import (
    LONGEST,
    ExpressionError,
    band_of,
    compute,
    compute_series,
    parse,
)
from tests.replay.metric_expressions import anything
from tests.replay.metric_frames import frame
from tests.replay.metric_math_reference import Node, text_of

OVER = frame({"m1": [1, None], "m2": [3, 4], "e1": [1, 2]}, metrics=["m1", "m2"], quotas={"m1": 5})
HERE = "not evaluated here: "
SERIES_OR_ARRAY = "has to be a time series or an array of time series"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("m1 +", "the text ends too early, at character 5 of 'm1 +'."),
        ("m1 m2", "unexpected 'm2', at character 4 of 'm1 m2'."),
        ("m1 and m2", "unexpected 'and', at character 4 of 'm1 and m2'."),
        ("m1 ORDER m2", "unexpected 'ORDER', at character 4 of 'm1 ORDER m2'."),
        ("m1 ANDm2", "unexpected 'ANDm2', at character 4 of 'm1 ANDm2'."),
        ("1 < m1 < 3", "unexpected '<', at character 8 of '1 < m1 < 3'."),
        ("!m1", "unexpected '!' (there is no NOT; compare with 0 instead), at character 1 of '!m1'."),
        ("+m1", "unexpected '+', at character 1 of '+m1'."),
        ("SUM([])", "unexpected ']', at character 6 of 'SUM([])'."),
        ("IF(m1, m2,)", "unexpected ')', at character 11 of 'IF(m1, m2,)'."),
        (
            "SUM(METRICS(“a”))",
            "unexpected '“' (texts stand between \" or '), at character 13 of 'SUM(METRICS(“a”))'.",
        ),
        ("m1\n+\n$", "unexpected '$', at character 6 of 'm1\\n+\\n$'."),
        ("'m1", 'unexpected "\'", at character 1 of "\'m1".'),
        ("m1 + ½", "unexpected '½', at character 6 of 'm1 + ½'."),
        ("9" * 400 + " + m1", "the number is too large, at character 1 of " + repr("9" * 160) + "...."),
        (
            "FOO(m1)",
            "metric math has no function FOO, at character 1 of 'FOO(m1)'.",
        ),
        (
            "If()",
            "metric math has no function If; functions are written in capital letters: IF, at character 1 of 'If()'.",
        ),
        ("IF(m1)", "IF takes 2 to 3 arguments, not 1, at character 1 of 'IF(m1)'."),
        ("SUM(m1, m2)", "SUM takes 1 argument, not 2, at character 1 of 'SUM(m1, m2)'."),
        ("FILL(m1)", "FILL takes 2 arguments, not 1, at character 1 of 'FILL(m1)'."),
    ],
)
def test_it_is_no_expression(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(expression)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "SEARCH('{AWS/EC2,InstanceId} CPU', 'Average', 300)",
            f"SEARCH is {HERE}it gives several time series",
        ),
        ("SUM(SEARCH('x', 'Sum'))", f"SEARCH is {HERE}it gives several time series"),
        (
            "INSIGHT_RULE_METRIC('rule', UniqueContributors)",
            f"INSIGHT_RULE_METRIC is {HERE}its values come from Con",
        ),
        ("LAMBDA('mine', m1)", f"LAMBDA is {HERE}its values come from a function"),
        (
            "DB_PERF_INSIGHTS('RDS', 'db-1', ['os.a', 'os.b'])",
            f"DB_PERF_INSIGHTS is {HERE}its values come from Perf",
        ),
        (
            'SELECT AVG(x) FROM SCHEMA("AWS/EC2", InstanceId)',
            "Metrics Insights queries are not evaluated here",
        ),
        ("select max(x) from y", "Metrics Insights queries are not evaluated here"),
    ],
)
def test_what_is_not_evaluated_says_why(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=f"^{re.escape(message)}"):
        parse(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("m1 + m9", "nothing has the id m9, at character 6 of 'm1 + m9'."),
        ("REPEAT", "the word REPEAT is no value, at character 1 of 'REPEAT'."),
        ("m1 + ASC", "the word ASC is no value, at character 4 of 'm1 + ASC'."),
        ("-'a'", "the text 'a' is no value, at character 1 of"),
        ("[m1, 5]", "an array holds time series, not scalars, at character 1 of '[m1, 5]'."),
        ("ABS(5)", f"the argument of ABS {SERIES_OR_ARRAY}, not a scalar, at character 1 of 'ABS(5)'."),
        ("m1 - AVG(AVG(m1))", f"the argument of AVG {SERIES_OR_ARRAY}, not a scalar, at character 6 of"),
        (
            "FILL(m1, FORWARD)",
            "argument 2 of FILL has to be a scalar, a time series, REPEAT or LINEAR, not the word",
        ),
        (
            "FILL(m1, METRICS())",
            "argument 2 of FILL has to be a scalar, a time series, REPEAT or LINEAR, not an array",
        ),
        ("FILL(1, 2)", f"argument 1 of FILL {SERIES_OR_ARRAY}, not a scalar"),
        (
            "IF(METRICS(), 1, 0)",
            "argument 1 of IF has to be a time series or a scalar, not an array of time series",
        ),
        ("IF(m1, REPEAT)", "argument 2 of IF has to be a time series or a scalar, not the word REPEAT"),
        ("FIRST(m1)", "the argument of FIRST has to be an array of time series, not a time series"),
        ("METRIC_COUNT(5)", "the argument of METRIC_COUNT has to be an array of time series, not a scalar"),
        (
            "SORT(METRICS(), STDDEV, ASC)",
            "argument 2 of SORT has to be AVG or MIN or MAX or SUM, not the word STDDEV",
        ),
        ("SORT(METRICS(), AVG, UP)", "argument 3 of SORT has to be ASC or DESC, not the word UP"),
        ("SORT(METRICS(), AVG, ASC, m1)", "argument 4 of SORT has to be a scalar, not a time series"),
        (
            "SORT(METRICS(), 'AVG', ASC)",
            "argument 2 of SORT has to be AVG or MIN or MAX or SUM, not the text 'AVG'",
        ),
        ("SLICE(m1, 0)", "argument 1 of SLICE has to be an array of time series, not a time series"),
        ("TIME_SERIES(m1)", "the argument of TIME_SERIES has to be a scalar, not a time series"),
        ("HOUR(METRICS())", "the argument of HOUR has to be a time series, not an array of time series"),
        ("METRICS(m1)", "the argument of METRICS has to be a text in quotes, not a time series"),
        ("PERIOD(m1 + 1)", "PERIOD takes the id of a metric, not the result of an expression"),
        ("PERIOD(e1)", "PERIOD takes the id of a metric, not the result of an expression"),
        ("SERVICE_QUOTA(m2)", "no quota of m2 is known, at character 1 of 'SERVICE_QUOTA(m2)'."),
        ("METRICS() > 1", "> takes time series and scalars, not an array of time series, at character 11 of"),
        (
            "m1 AND METRICS()",
            "AND takes time series and scalars, not an array of time series, at character 4 of",
        ),
        (
            "FIRST(ANOMALY_DETECTION_BAND(m1))",
            "ANOMALY_DETECTION_BAND is not computed as a part of an expression",
        ),
    ],
)
def test_it_gets_what_it_does_not_take(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=f"^{re.escape(message)}"):
        compute(parse(expression), OVER)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [("5", "a scalar"), ("AVG(m1)", "a scalar"), ("METRICS()", "an array of time series")],
)
def test_an_alarm_needs_one_time_series(expression: str, kind: str) -> None:
    with pytest.raises(
        ExpressionError, match=rf"^the result has to be a time series, not {kind}, at character 1 of"
    ):
        compute_series(parse(expression), OVER)


@pytest.mark.parametrize(
    "expression", ["ANOMALY_DETECTION_BAND(m1, m2)", "ANOMALY_DETECTION_BAND(m1 + 1, 2)"]
)
def test_a_band_needs_an_id_and_a_number(expression: str) -> None:
    with pytest.raises(
        ExpressionError, match=r"^ANOMALY_DETECTION_BAND takes the id of a metric, and a number, at"
    ):
        band_of(parse(expression))


@pytest.mark.parametrize("nothing", ["", " \n", None, 5, {"Ref": "Expression"}])
def test_it_is_no_text(nothing: Any) -> None:
    with pytest.raises(
        ExpressionError, match=r"^a metric math expression has to be a text, and not an empty one\.$"
    ):
        parse(nothing)


def test_expressions_have_a_longest_length() -> None:
    longest = "-" * (LONGEST - 2) + "m1"

    assert compute_series(parse(longest), OVER).tolist()[0][0] == 1
    with pytest.raises(
        ExpressionError, match=f"^an expression has at most {LONGEST} characters, at character 2049 of"
    ):
        parse("-" + longest)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 1_000 + "m1" + ")" * 1_000,
        "m1" + "+1" * 1_000,
        "m1" + "^1" * 1_000,
        "[" * 900 + "m1" + "]" * 900,
    ],
)
def test_depth_is_no_limit(expression: str) -> None:
    assert compute_series(parse(expression), OVER).shape == (1, 2)


def problem_with(text: str) -> str | None:
    """What an error says of a text; None where there is none."""
    try:
        expression = parse(text)
        band_of(expression)
        compute(expression, OVER)
    except ExpressionError as error:
        return str(error)
    return None


def check_any(text: str) -> None:
    problem = problem_with(text)
    if problem is not None:
        assert "\n" not in problem
        assert problem.endswith(".")
        assert len(problem) < 1_000


@given(st.text(max_size=80) | st.text(alphabet="m1 +-*/^()[],.<>=!&|'\"AVGSUMIFLRPTORND_2e\n", max_size=80))
def test_any_text_is_an_expression_or_an_error(text: str) -> None:
    check_any(text)


@given(anything())
def test_any_tree_is_an_expression_or_an_error(node: Node) -> None:
    check_any(text_of(node))


@given(anything(), st.integers(0, 60), st.text(max_size=3))
def test_an_expression_that_was_damaged_is_an_expression_or_an_error(
    node: Node, place: int, text: str
) -> None:
    whole = text_of(node)

    check_any(whole[:place] + text + whole[place + 1 :])


def templates() -> Iterator[Any]:
    for path in (Path(__file__).parent.parent).rglob("__snapshots__/**/*.json"):
        yield json.loads(path.read_text())


def expressions(part: Any) -> Iterator[str]:
    """Those of all alarms."""
    if isinstance(part, dict):
        if part.get("Type") == "AWS::CloudWatch::Alarm":
            queries = part["Properties"].get("Metrics") or []
            yield from (query["Expression"] for query in queries if "Expression" in query)
        for each in part.values():
            yield from expressions(each)
    elif isinstance(part, list):
        for each in part:
            yield from expressions(each)


def test_every_alarm_of_the_snapshots_can_be_read() -> None:
    found = {text for template in templates() for text in expressions(template)}
    queries = {text for text in found if text.startswith("SELECT ")}

    assert len(found) > 10
    for text in found - queries:
        assert parse(text).names, text
    for text in queries:
        with pytest.raises(ExpressionError, match=r"^Metrics Insights"):
            parse(text)
