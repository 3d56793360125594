"""Metric math, datapoint by datapoint."""

import pytest

from local_cloud.metric_math import Series, UnsupportedExpressionError, compute

SERIES: dict[str, Series] = {
    "errors": [1.0, None, 4.0, 0.0],
    "invocations": [10.0, 5.0, 4.0, 0.0],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("errors / invocations", [0.1, None, 1.0, None]),
        ("100 * errors / invocations", [10.0, None, 100.0, None]),
        ("IF(invocations > 4, 100 * errors / invocations, 0)", [10.0, None, 0.0, 0.0]),
        ("IF(invocations > 4, errors)", [1.0, None, None, None]),
        ("FILL(errors, 0) + 1", [2.0, 1.0, 5.0, 1.0]),
        ("FILL(errors, -1)", [1.0, -1.0, 4.0, 0.0]),
        ("FILL(errors, REPEAT)", [1.0, 1.0, 4.0, 0.0]),
        ("SUM(METRICS())", [11.0, 5.0, 8.0, 0.0]),
        ("MAX([errors, invocations])", [10.0, 5.0, 4.0, 0.0]),
        ("MIN(METRICS())", [1.0, 5.0, 4.0, 0.0]),
        ("AVG(METRICS('inv'))", [10.0, 5.0, 4.0, 0.0]),
        ("SUM(FILL(METRICS(), 0))", [11.0, 5.0, 8.0, 0.0]),
        ("MAX(invocations)", [10.0, 10.0, 10.0, 10.0]),
        ("errors > 0 AND invocations > 5", [1.0, None, 0.0, 0.0]),
        ("errors > 3 || invocations > 5", [1.0, None, 1.0, 0.0]),
        ("!(invocations != 4)", [0.0, 0.0, 1.0, 0.0]),
        ("-invocations ^ 2 + ABS(-1)", [-99.0, -24.0, -15.0, 1.0]),
        ("100 * invocations / SERVICE_QUOTA(errors)", [1.0, None, 0.4, 0.0]),
    ],
)
def test_expression(expression: str, expected: Series) -> None:
    assert compute(expression, SERIES, 4) == pytest.approx(expected)


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os')",
        "errors.real",
        "unknown + 1",
        "METRICS()",
        "SEARCH('x')",
        "errors +",
        "(lambda: 1)()",
        "'a' * 9",
    ],
)
def test_everything_else_is_refused(expression: str) -> None:
    with pytest.raises(UnsupportedExpressionError):
        compute(expression, SERIES, 4)
