"""Random expressions of metric math: those that fit together, and those that do not."""

from functools import cache

from hypothesis import strategies as st

from tests.replay.metric_math_reference import Node

NAMES = ("m1", "m2", "e1")
METRICS = NAMES[:2]
"""e1 is an expression."""

_ARITHMETIC = ("+", "-", "*", "/")
_TRUTH = ("==", "!=", "<", "<=", ">", ">=", "AND", "&&", "OR", "||")
_KEYS = ("AVG", "MIN", "MAX", "SUM")
_REDUCTIONS = (*_KEYS, "DATAPOINT_COUNT")
_ALONG = ("DIFF", "DIFF_TIME", "RATE", "RUNNING_SUM")
_ROUNDED = ("ABS", "CEIL", "FLOOR")
_MOMENTS = ("MINUTE", "HOUR", "DAY", "DATE", "MONTH", "YEAR", "EPOCH")

Nodes = st.SearchStrategy[Node]

_numbers = st.sampled_from(("0", "1", "2", "3.5", "10", ".25")).map(lambda word: Node("number", word))
_small = st.integers(0, 4).map(lambda number: Node("number", str(number)))
_names = st.sampled_from(NAMES).map(lambda name: Node("name", name))
_metrics = st.sampled_from(METRICS).map(lambda name: Node("name", name))
_repeat = st.sampled_from(("REPEAT", "LINEAR")).map(lambda word: Node("word", word))


def words(*choices: str) -> Nodes:
    return st.sampled_from(choices).map(lambda word: Node("word", word))


def calls(names: tuple[str, ...], *arguments: Nodes) -> Nodes:
    return st.builds(lambda name, *given: Node("call", name, given), st.sampled_from(names), *arguments)


def binaries(operators: tuple[str, ...], left: Nodes, right: Nodes) -> Nodes:
    return st.builds(lambda word, *both: Node("binary", word, both), st.sampled_from(operators), left, right)


def negatives(operand: Nodes) -> Nodes:
    return operand.map(lambda node: Node("negative", "-", (node,)))


@cache
def scalars(depth: int) -> Nodes:
    """Expressions that come to a scalar."""
    if not depth:
        return _numbers | calls(("PERIOD",), _metrics)
    less = depth - 1
    return st.one_of(
        _numbers,
        calls(_REDUCTIONS, series(less)),
        calls(("METRIC_COUNT",), arrays(less)),
        binaries((*_ARITHMETIC, *_TRUTH), scalars(less), scalars(less)),
        negatives(scalars(less)),
        calls(("IF",), scalars(less), scalars(less), scalars(less)),
        calls(("IF",), scalars(less), scalars(less)),
    )


@cache
def series(depth: int) -> Nodes:
    """Expressions that come to a time series."""
    if not depth:
        return _names
    less = depth - 1
    either = scalars(less) | series(less)
    return st.one_of(
        _names,
        binaries((*_ARITHMETIC, *_TRUTH), series(less), either),
        binaries((*_ARITHMETIC, *_TRUTH), scalars(less), series(less)),
        negatives(series(less)),
        calls((*_ROUNDED, *_ALONG, *_MOMENTS), series(less)),
        calls(_REDUCTIONS, arrays(less)),
        calls(("FIRST", "LAST"), arrays(less)),
        calls(("FILL",), series(less), either | _repeat),
        calls(("IF",), series(less), either, either),
        calls(("IF",), series(less), either),
        calls(("IF",), scalars(less), series(less), either),
        calls(("IF",), scalars(less), scalars(less), series(less)),
        calls(("TIME_SERIES",), scalars(less)),
        calls(("SERVICE_QUOTA",), _metrics),
    )


@cache
def arrays(depth: int) -> Nodes:
    """Expressions that come to an array of time series."""
    metrics = st.one_of(
        calls(("METRICS",)),
        calls(("METRICS",), st.sampled_from(('"m"', "'2'", '"none"')).map(lambda text: Node("text", text))),
    )
    if not depth:
        return metrics
    less = depth - 1
    lists = st.lists(series(less) | arrays(less), min_size=1, max_size=3)
    return st.one_of(
        metrics,
        lists.map(lambda nodes: Node("list", "[", tuple(nodes))),
        binaries(_ARITHMETIC, arrays(less), scalars(less) | series(less) | arrays(less)),
        binaries(_ARITHMETIC, scalars(less) | series(less), arrays(less)),
        negatives(arrays(less)),
        calls((*_ROUNDED, *_ALONG), arrays(less)),
        calls(("FILL",), arrays(less), scalars(less) | series(less) | _repeat),
        calls(("SORT",), arrays(less), words(*_KEYS), words("ASC", "DESC")),
        calls(("SORT",), arrays(less), words(*_KEYS), words("ASC", "DESC"), _small),
        calls(("SLICE",), arrays(less), _small),
        calls(("SLICE",), arrays(less), _small, _small),
        calls(("REMOVE_EMPTY",), arrays(less)),
    )


def rough(depth: int) -> Nodes:
    """Time series whose last bits depend on who computes them, under operations that do not make more of that."""
    exact = series(1)
    inner = st.one_of(
        calls(("LOG", "LOG10"), exact),
        binaries(("^",), exact, exact | scalars(0)),
        binaries(("^",), scalars(0), negatives(exact)),
        calls(("STDDEV",), arrays(1)),
        calls(("TIME_SERIES",), calls(("STDDEV",), exact)),
    )
    for _ in range(depth):
        inner = st.one_of(
            inner,
            negatives(inner),
            binaries(("+", "-"), inner, exact),
            calls(("FILL",), inner, exact | _repeat),
            calls(("IF",), exact, inner, inner),
            calls(("ABS",), inner),
        )
    return inner


_ANYTHING = (
    *_REDUCTIONS,
    *_ALONG,
    *_ROUNDED,
    *_MOMENTS,
    *(
        "STDDEV",
        "LOG",
        "IF",
        "FILL",
        "SORT",
        "SLICE",
        "FIRST",
        "METRICS",
        "METRIC_COUNT",
        "PERIOD",
        "SERVICE_QUOTA",
    ),
    *("TIME_SERIES", "REMOVE_EMPTY", "ANOMALY_DETECTION_BAND", "SEARCH", "LAMBDA", "sum", "NONE"),
)


def anything() -> Nodes:
    """Expressions of any parts, whether these fit together or not."""
    leaves = st.one_of(
        _numbers,
        _names,
        words("REPEAT", "ASC", "AVG", "m9", "9e999"),
        st.just(Node("text", "'m'")),
        calls(("METRICS",)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            binaries((*_ARITHMETIC, *_TRUTH, "^"), inner, inner),
            negatives(inner),
            st.builds(
                lambda name, given: Node("call", name, tuple(given)),
                st.sampled_from(_ANYTHING),
                st.lists(inner, max_size=4),
            ),
            st.lists(inner, max_size=3).map(lambda nodes: Node("list", "[", tuple(nodes))),
        ),
        max_leaves=12,
    )
