"""What AWS leaves open about its two expression languages, and what is taken for it here."""

from functools import partial
from typing import Final

from constructs_lib.replay.assumptions import Assumption

__all__ = ["ALARM_RULES", "ASSUMPTIONS", "METRIC_MATH"]

_MATH: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html"
_RULES: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html"

_math = partial(Assumption, source=_MATH)
_rule = partial(Assumption, source=_RULES)

METRIC_MATH: Final = (
    _math(
        name="metric math: precedence",
        text="^ binds tightest and from the right, then unary minus, * and /, + and -, comparisons, AND, OR.",
        reason="The page gives none; this is the order of mathematics and of most languages. Comparisons in a row are "
        "refused, since they mean different things in different languages.",
    ),
    _math(
        name="metric math: missing datapoints",
        text="Two time series have a result wherever at least one has a datapoint; the other counts as 0. With a "
        "scalar, the result is missing where the time series is.",
        reason='"Missing values in a time series are treated as 0" says nothing of where all are missing; this is what '
        "the page says of comparisons, and time series that are never there cannot make datapoints.",
    ),
    _math(
        name="metric math: values that are no numbers",
        text="A result that is no finite number, as of LOG(0), (-1) ^ 0.5 or an overflow, is dropped as a division by "
        "zero is; as a scalar it is missing, and so is all that is computed with it.",
        reason="The page says it of division by zero; CloudWatch stores only finite numbers.",
    ),
    _math(
        name="metric math: AVG of sparse series",
        text="AVG divides by all datapoints of the evaluation range, or by all series of the array, whether there is a "
        "value or not.",
        reason='"Missing values are treated as 0", and DATAPOINT_COUNT is "useful for calculating averages of sparse '
        'metrics", which it would not be otherwise.',
    ),
    _math(
        name="metric math: aggregates of nothing",
        text="SUM, AVG, MIN, MAX and STDDEV take only values that are there; of none they have no result. So has "
        "DATAPOINT_COUNT of an array at a time at which no series has a datapoint; of an empty series it is 0.",
        reason="The page calls missing values 0 for AVG alone; for a minimum they would make every sparse metric 0.",
    ),
    _math(
        name="metric math: standard deviation",
        text="STDDEV divides by the number of values, not by one less.",
        reason="The page does not say which; this one is defined for a single value.",
    ),
    _math(
        name="metric math: previous values",
        text="RATE, DIFF and DIFF_TIME compare with the latest earlier datapoint that is there, however long ago; the "
        "first datapoint of the evaluation range has no result. RUNNING_SUM begins there, and has gaps where the "
        "series has.",
        reason='DIFF_TIME, "the timestamp of the preceding value", would always be the period otherwise.',
    ),
    _math(
        name="metric math: what FILL fills",
        text="All datapoints of the evaluation range, even of a metric that was never published. REPEAT leaves gaps "
        "before the first value, LINEAR those at both ends.",
        reason="The page warns that the newest datapoint is filled as long as it is late. REPEAT needs a value before "
        "the gap, LINEAR one on each side.",
    ),
    _math(
        name="metric math: IF of scalars",
        text="A scalar condition takes a series as it is, gaps included. With a scalar condition and scalar values IF "
        "is a scalar. A scalar that is missing makes no datapoint.",
        reason="The page gives 0 for a gap in what a true condition chooses only where the condition is a time series.",
    ),
    _math(
        name="metric math: arrays of arrays",
        text="Two arrays are computed with in pairs, in order; a series without a partner is left out. Arrays in an "
        "array are joined.",
        reason='The page allows operators between arrays, and writes SUM([METRICS("4xx"), METRICS("5xx")]).',
    ),
    _math(
        name="metric math: order of series",
        text="METRICS() has the order of the alarm's metrics. SORT keeps it among equals, and puts series without a "
        "datapoint last. SLICE and the limit of SORT round down, and count nothing below 0.",
        reason="The page does not say.",
    ),
    _math(
        name="metric math: service quotas",
        text="SERVICE_QUOTA has a datapoint wherever the usage metric has one.",
        reason="The page says of other functions, and not of this one, that they return non-sparse time series.",
    ),
    _math(
        name="metric math: one series out of an array",
        text="An array of one time series will do as the result of an expression; in a function it stays an array.",
        reason="PutMetricAlarm takes whatever returns a single time series; SLICE may return one or an array.",
    ),
)
ALARM_RULES: Final = (
    _rule(
        name="alarm rules: precedence",
        text="NOT binds tighter than AND, and AND tighter than OR.",
        reason="The page gives none; this is the order of logic and of most languages.",
    ),
    _rule(
        name="alarm rules: names",
        text="In quotes, a backslash stands for itself unless a quotation mark follows.",
        reason="The page speaks of backslashes only before quotation marks.",
    ),
    _rule(
        name="alarm rules: AT_LEAST",
        text="A percentage is of all alarms listed, and not rounded; an alarm that is listed twice counts twice.",
        reason='The page says "at least 50% of the alarms", and nothing of rounding.',
    ),
)
ASSUMPTIONS: Final = (*METRIC_MATH, *ALARM_RULES)
