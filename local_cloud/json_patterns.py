"""Filter patterns over JSON log events: `{ $.level = "ERROR" && ($.ms > 500 || $.retries NOT EXISTS) }`.

A selector that leads to no string or number makes its comparison false, `!=` included. AWS says so of arrays and
objects; of a missing field, a boolean and null it does not say what a comparison gives.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

Predicate = Callable[[Any], bool]
"""Whether a parsed log event matches."""


class PatternError(ValueError):
    """A filter pattern is not valid, or uses what is not understood here."""


_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>\(|\)|&&|\|\|)
    |(?P<selector>\$(?:\.?\[(?:\d+|\*|"[^"]*"|'[^']*')\]|\.[\w\-/@]+)+)
    |(?P<operator><=|>=|!=|=|<|>)
    |"(?P<text>(?:[^"\\]|\\.)*)"
    |%(?P<regex>[^%]*)%
    |(?P<word>[^\s()"&|=<>!]+))""",
    re.VERBOSE,
)
_STEP = re.compile(
    r"""\.?\[(?:(?P<index>\d+)|(?P<all>\*)|"(?P<key>[^"]*)"|'(?P<quoted>[^']*)')\]
    |\.(?P<name>[\w\-/@]+)""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
_IS: dict[str, Any] = {"NULL": None, "TRUE": True, "FALSE": False}


def compile_json(pattern: str) -> Predicate:
    """The predicate of a pattern in braces.

    Raises:
        PatternError: the pattern cannot be read.
    """
    return _Parser(pattern, list(_tokens(pattern))).parse()


def parse_event(message: str) -> Any:
    """The JSON object that a log event is, or None."""
    if not message.lstrip().startswith("{"):
        return None
    try:
        return json.loads(message)
    except ValueError:
        return None


def select(selector: str, event: Any) -> list[Any]:
    """What a selector such as `$.record.metrics.durationMs` leads to; several values only through `[*]`."""
    found = [event]
    for step in _STEP.finditer(selector[1:]):
        found = [value for node in found for value in _follow(node, step)]
    return found


def is_selector(text: str) -> bool:
    """Whether a metric value or a dimension is read from the event."""
    match = _TOKEN.fullmatch(text)
    return match is not None and match["selector"] is not None


def _follow(node: Any, step: re.Match[str]) -> list[Any]:
    if step["all"]:
        return node if isinstance(node, list) else []
    if step["index"]:
        index = int(step["index"])
        return [node[index]] if isinstance(node, list) and index < len(node) else []
    key = next(part for part in (step["key"], step["quoted"], step["name"]) if part is not None)
    return [node[key]] if isinstance(node, dict) and key in node else []


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    inner = pattern.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        raise PatternError(f"a JSON pattern stands in braces: {pattern!r}")
    inner, position = inner[1:-1].rstrip(), 0
    while position < len(inner):
        match = _TOKEN.match(inner, position)
        if match is None:
            raise PatternError(f"cannot read {inner[position:]!r} in the filter pattern {pattern!r}")
        kind = str(match.lastgroup)
        yield kind, match[kind]
        position = match.end()


class _Parser:
    """Recursive descent; `&&` binds tighter than `||`."""

    def __init__(self, pattern: str, tokens: list[tuple[str, str]]) -> None:
        self.pattern, self.tokens = pattern, tokens

    def parse(self) -> Predicate:
        found = self.alternatives()
        if self.tokens:
            raise PatternError(f"{self.tokens[0][1]!r} is unexpected in the filter pattern {self.pattern!r}")
        return found

    def alternatives(self) -> Predicate:
        parts = [self.conjunction()]
        while self.skip("||"):
            parts.append(self.conjunction())
        return lambda event: any(part(event) for part in parts)

    def conjunction(self) -> Predicate:
        parts = [self.unit()]
        while self.skip("&&"):
            parts.append(self.unit())
        return lambda event: all(part(event) for part in parts)

    def unit(self) -> Predicate:
        if self.skip("("):
            inner = self.alternatives()
            self.expect("mark", ")")
            return inner
        return self.condition(self.expect("selector"))

    def condition(self, selector: str) -> Predicate:
        kind, text = self.next()
        if kind == "operator":
            matches = self.comparison(text)
            return lambda event: any(matches(value) for value in select(selector, event))
        if kind == "word" and text.upper() == "IS":
            wanted = self.expect("word").upper()
            if wanted in _IS:
                return lambda event: any(value is _IS[wanted] for value in select(selector, event))
        elif kind == "word" and text.upper() == "NOT":
            self.expect("word", "EXISTS")
            return lambda event: not select(selector, event)
        elif kind == "word" and text.upper() == "EXISTS":
            return lambda event: bool(select(selector, event))
        raise PatternError(f"no comparison follows {selector} in the filter pattern {self.pattern!r}")

    def comparison(self, sign: str) -> Predicate:
        kind, text = self.next()
        if kind == "word" and _NUMBER.fullmatch(text):
            number = float(text)
            return lambda value: _is_number(value) and _ORDER[sign](value, number)
        if sign not in ("=", "!=") or kind not in ("word", "text", "regex"):
            raise PatternError(f"{sign} compares with a number, not with {text!r}: {self.pattern!r}")
        matches, equal = _text_matcher(kind, text), sign == "="
        return lambda value: _is_text(value) and matches(str(value)) is equal

    def next(self) -> tuple[str, str]:
        if not self.tokens:
            raise PatternError(f"the filter pattern {self.pattern!r} ends too soon")
        return self.tokens.pop(0)

    def skip(self, mark: str) -> bool:
        if self.tokens[:1] == [("mark", mark)]:
            del self.tokens[0]
            return True
        return False

    def expect(self, kind: str, text: str | None = None) -> str:
        found, value = self.next()
        if found != kind or (text is not None and value.upper() != text):
            raise PatternError(f"{value!r} is unexpected in the filter pattern {self.pattern!r}")
        return value


def _text_matcher(kind: str, text: str) -> Callable[[str], bool]:
    """`*` stands for anything at the beginning and at the end of a text, and for itself inside."""
    if kind == "regex":
        return lambda value: re.search(text, value) is not None
    plain = re.sub(r"\\(.)", r"\1", text) if kind == "text" else text
    start, end = plain.startswith("*"), plain.endswith("*")
    core = plain.strip("*")
    if start and end:
        return lambda value: core in value
    if start:
        return lambda value: value.endswith(core)
    return (lambda value: value.startswith(core)) if end else (lambda value: value == core)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)
