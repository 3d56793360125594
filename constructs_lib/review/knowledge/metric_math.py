"""What an expression of metric math names, and what is wrong with it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html, read on 2026-11-22.
"""

import re
from functools import lru_cache
from typing import Final

__all__ = ["divides", "functions_in", "names_in", "problem_in"]

_LONGEST: Final = 2_048
"""Characters; CloudWatch takes no more."""
_TEXT: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME: Final = re.compile(r"(?<![\w.])[a-z][A-Za-z0-9_]*(?![\w(])")
_CALL: Final = re.compile(r"(?<!\w)([A-Z][A-Z0-9_]*)\s*\(")


def names_in(expression: str) -> list[str]:
    """The ids that it names, each once."""
    return list(dict.fromkeys(_NAME.findall(_TEXT.sub("", expression))))


def functions_in(expression: str) -> list[str]:
    """The functions that it calls, each once."""
    return list(dict.fromkeys(_CALL.findall(_TEXT.sub("", expression))))


def divides(expression: str) -> bool:
    """Whether it divides by something that may be zero, and nothing in it says what to do then."""
    plain = _TEXT.sub("", expression)
    return re.search(r"/\s*[^\d\s.]", plain) is not None and not {"IF", "FILL"} & set(functions_in(plain))


@lru_cache(maxsize=1_024)
def problem_in(expression: str) -> str | None:
    """Why it cannot be read; None where it can. Names of functions are not looked up: there may be new ones."""
    from constructs_lib.replay.expressions.errors import ExpressionError  # noqa: PLC0415 - a parser takes long to load
    from constructs_lib.replay.expressions.parsing import steps_of  # noqa: PLC0415 - likewise

    if len(expression) > _LONGEST:
        return None
    try:
        steps_of("metric_math", expression)
    except ExpressionError as error:
        return str(error)
    return None
