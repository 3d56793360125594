"""Glob patterns over the paths of a bundle, as .gitignore reads them."""

import fnmatch
import re
from collections.abc import Iterable

__all__ = ["Patterns"]

_WILDCARD = re.compile(r"\*\*/?|\*|\?|\[!?\]?[^]]*\]")


class Patterns:
    """Matches relative paths with forward slashes; a match of a folder matches everything in it.

    A pattern without a slash matches a name at any depth; one with a slash, also a leading one, starts at the
    root. `*` and `?` stop at a slash, `**` does not.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        """Match any of `patterns`; without one, match nothing."""
        self._spelled = tuple(patterns)
        self._regex = re.compile("|".join(map(_translate, self._spelled))) if self._spelled else None

    def __bool__(self) -> bool:
        """Whether there is a pattern at all."""
        return self._regex is not None

    def match(self, name: str) -> bool:
        """Whether the path `name`, or a folder that it is in, matches."""
        return self._regex is not None and self._regex.fullmatch(name) is not None


def _translate(pattern: str) -> str:
    body = pattern.rstrip("/")
    anchored = "/" in body
    body = body.removeprefix("/")
    parts: list[str] = []
    position = 0
    for wildcard in _WILDCARD.finditer(body):
        parts += [re.escape(body[position : wildcard.start()]), _one(wildcard[0])]
        position = wildcard.end()
    parts.append(re.escape(body[position:]))
    return f"{'' if anchored else '(?:.*/)?'}{''.join(parts)}(?:/.*)?"


def _one(wildcard: str) -> str:
    match wildcard:
        case "**/":
            return "(?:.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
        case _:
            # A character class. fnmatch knows all its corners, and wraps what it makes into "(?s:" and ")\\Z".
            return f"(?!/){fnmatch.translate(wildcard)[4:-3]}"
