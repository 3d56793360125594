"""The query language of CloudWatch Metrics Insights: what a query selects, and how it groups and sorts that.

`SELECT AVG(Duration) FROM SCHEMA("AWS/Lambda", FunctionName) WHERE tag.team = 'shop' GROUP BY FunctionName
ORDER BY AVG() DESC LIMIT 10`. Conditions are joined by AND only; `=` and `!=` are the operators.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

STATISTICS = {"AVG": "Average", "COUNT": "SampleCount", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}
"""The functions of the language, and the statistic each one is."""

MOST_SERIES = 500
_TAG = "tag."
_TOKEN = re.compile(
    r"""\s*(?:(?P<word>\w+)|"(?P<name>(?:[^"\\]|\\.)*)"|'(?P<text>(?:[^'\\]|\\.)*)'|(?P<mark>!=|[=(),.]))""",
    re.VERBOSE,
)
_QUERY = re.compile(r"\s*SELECT\s", re.IGNORECASE)


class QueryError(ValueError):
    """A query does not follow the syntax of Metrics Insights."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A label (a dimension, or `tag.` and a tag's key) is, or is not, one value."""

    label: str
    equal: bool
    value: str


@dataclass(frozen=True, kw_only=True)
class Query:
    """One query, taken apart."""

    statistic: str
    metric: str
    namespace: str
    schema: frozenset[str] | None
    """The exact dimensions that a metric must have; None for any."""
    conditions: tuple[Condition, ...] = ()
    group_by: tuple[str, ...] = ()
    order_by: str | None = None
    """The statistic that series are sorted by."""
    descending: bool = False
    limit: int = MOST_SERIES

    def selects(self, dimensions: Mapping[str, str], tags: Mapping[str, str]) -> bool:
        """Whether a metric of the namespace with these dimensions, of a resource with these tags, belongs."""
        if self.schema is not None and self.schema != set(dimensions):
            return False
        labels = _labels(dimensions, tags)
        return all(label in labels for label in self.group_by) and all(
            condition.label in labels and (labels[condition.label] == condition.value) is condition.equal
            for condition in self.conditions
        )

    def group(self, dimensions: Mapping[str, str], tags: Mapping[str, str]) -> tuple[str, ...]:
        """The values that tell the metric's series from the others, in the order of GROUP BY."""
        labels = _labels(dimensions, tags)
        return tuple(labels[label] for label in self.group_by)


def is_query(expression: str) -> bool:
    """Whether an expression is a query, not metric math."""
    return _QUERY.match(expression) is not None


def parse(text: str) -> Query:
    """Take a query apart.

    Raises:
        QueryError: it does not follow the syntax.
    """
    return _Parser(text).query()


def _labels(dimensions: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    return {**dimensions, **{_TAG + key: value for key, value in tags.items()}}


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.tokens = text, list[tuple[str, str]]()
        source, position = text.rstrip().removesuffix(";").rstrip(), 0
        while position < len(source):
            match = _TOKEN.match(source, position)
            if match is None:
                raise QueryError(f"cannot read {source[position:]!r} in the query {text!r}")
            kind = str(match.lastgroup)
            value = match[kind] if kind in ("word", "mark") else re.sub(r"\\(.)", r"\1", match[kind])
            self.tokens.append((kind, value))
            position = match.end()

    def query(self) -> Query:
        self.keyword("SELECT")
        statistic = self.function()
        self.mark("(")
        metric = self.name()
        self.mark(")")
        self.keyword("FROM")
        namespace, schema = self.source()
        conditions = self.conditions() if self.follows("WHERE") else ()
        group_by = self.group_by() if self.follows("GROUP", "BY") else ()
        order_by, descending = self.order_by() if self.follows("ORDER", "BY") else (None, False)
        limit = int(self.take("word", r"\d+")) if self.follows("LIMIT") else MOST_SERIES
        if self.tokens:
            raise QueryError(f"{self.tokens[0][1]!r} is unexpected in the query {self.text!r}")
        return Query(
            statistic=statistic,
            metric=metric,
            namespace=namespace,
            schema=schema,
            conditions=conditions,
            group_by=group_by,
            order_by=order_by,
            descending=descending,
            limit=limit,
        )

    def source(self) -> tuple[str, frozenset[str] | None]:
        if not self.follows("SCHEMA"):
            return self.name(), None
        self.mark("(")
        namespace, *dimensions = self.separated(self.name)
        self.mark(")")
        return namespace, frozenset(dimensions)

    def conditions(self) -> tuple[Condition, ...]:
        found = [self.condition()]
        while self.follows("AND"):
            found.append(self.condition())
        return tuple(found)

    def condition(self) -> Condition:
        label = self.label()
        sign = self.take("mark", "=|!=")
        return Condition(label=label, equal=sign == "=", value=self.take("text"))

    def group_by(self) -> tuple[str, ...]:
        return tuple(self.separated(self.label))

    def order_by(self) -> tuple[str, bool]:
        statistic = self.function()
        self.mark("(")
        self.mark(")")
        if self.follows("DESC"):
            return statistic, True
        self.follows("ASC")
        return statistic, False

    def separated(self, item: Callable[[], str]) -> list[str]:
        items = [item()]
        while self.tokens[:1] == [("mark", ",")]:
            self.mark(",")
            items.append(item())
        return items

    def label(self) -> str:
        name = self.name()
        if name.lower() == "tag" and self.tokens[:1] == [("mark", ".")]:
            self.mark(".")
            return _TAG + self.name()
        return name

    def function(self) -> str:
        return STATISTICS[self.take("word", "|".join(STATISTICS)).upper()]

    def name(self) -> str:
        return self.take("name") if self.tokens[:1] and self.tokens[0][0] == "name" else self.take("word")

    def keyword(self, word: str) -> None:
        self.take("word", word)

    def mark(self, mark: str) -> None:
        self.take("mark", re.escape(mark))

    def follows(self, *words: str) -> bool:
        """Take these keywords if they come next."""
        ahead = [(kind, value.upper()) for kind, value in self.tokens[: len(words)]]
        if ahead != [("word", word) for word in words]:
            return False
        del self.tokens[: len(words)]
        return True

    def take(self, kind: str, pattern: str = ".*") -> str:
        if not self.tokens:
            raise QueryError(f"the query {self.text!r} ends too soon")
        found, value = self.tokens.pop(0)
        if found != kind or not re.fullmatch(pattern, value, re.IGNORECASE | re.DOTALL):
            raise QueryError(f"{value!r} is unexpected in the query {self.text!r}")
        return value
