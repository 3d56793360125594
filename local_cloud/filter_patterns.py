"""CloudWatch Logs filter patterns: which log events one matches.

Understood are JSON patterns, text patterns (terms, "quoted phrases", ?optional and -excluded ones), a `%regular
expression%`, and the empty pattern, which matches everything. Space-delimited patterns are refused.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re
from collections.abc import Callable
from functools import lru_cache

from local_cloud.json_patterns import PatternError, compile_json, parse_event

Matcher = Callable[[str], bool]

_TERM = re.compile(r'\s*(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>\w+))(?=\s|$)')


@lru_cache(maxsize=500)
def compile_pattern(pattern: str) -> Matcher:
    """Whether a message matches the pattern.

    Raises:
        PatternError: the pattern is not valid, or not understood here.
    """
    text = pattern.strip()
    if not text:
        return lambda _: True
    if text.startswith("{"):
        matches = compile_json(text)
        return lambda message: matches(event) if (event := parse_event(message)) is not None else False
    if text.startswith("["):
        raise PatternError(f"space-delimited patterns are not understood here: {pattern!r}")
    if len(text) > 1 and text[0] == text[-1] == "%":
        return lambda message: re.search(text[1:-1], message) is not None
    return _compile_terms(text)


def _compile_terms(text: str) -> Matcher:
    terms: dict[str, list[str]] = {"": [], "?": [], "-": []}
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None:
            raise PatternError(f"a term with other than letters and digits needs quotes: {text[position:]!r}")
        term = match["word"] if match["phrase"] is None else re.sub(r"\\(.)", r"\1", match["phrase"])
        terms[match["sign"]].append(term)
        position = match.end()
    wanted, optional, unwanted = terms[""], terms["?"], terms["-"]
    if not wanted and not unwanted:
        return lambda message: any(term in message for term in optional)
    # Beside other terms, optional ones have no effect.
    return lambda message: all(t in message for t in wanted) and not any(t in message for t in unwanted)
