"""The pages of a large get-metric-data, read result by result: a month of a hundred metrics is a third of a GB."""

import json
import re
from pathlib import Path
from typing import Any, TextIO

__all__ = ["pages_of"]

_CHUNK = 1 << 23
_HEAD = '{"MetricDataResults": []'
_LONGEST_HEAD = 1000
_BEGINS = re.compile(r'\s*\{\s*"MetricDataResults"\s*:\s*\[')
_FIRST = re.compile(r"\s*(?=[\]{])")
_NEXT = re.compile(r"\s*(?:,\s*(?={)|(?=\]))")


def pages_of(path: Path, decoder: json.JSONDecoder) -> list[Any] | None:
    """The pages, one after the other; None if the file is anything else, or is broken.

    Who then reads the whole file finds out what, and says where.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = _Text(file)
            pages = []
            while text.goes_on():
                pages.append(_page(text, decoder))
            return pages
    except (OSError, ValueError, RecursionError):
        return None


class _Text:
    """A part of a file that grows at its end and is cut at its start."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.part = file.read(_CHUNK)

    def skip(self, characters: int) -> None:
        self.part = self.part[characters:]

    def grow(self) -> None:
        more = self._file.read(max(_CHUNK, len(self.part)))
        if not more:
            raise ValueError("the file ends in the middle")
        self.part += more

    def goes_on(self) -> bool:
        if not self.part.strip():
            self.part = self._file.read(_CHUNK)
        return bool(self.part.strip())


def _page(text: _Text, decoder: json.JSONDecoder) -> Any:
    while (begins := _BEGINS.match(text.part)) is None:
        if len(text.part) > _LONGEST_HEAD:
            raise ValueError("is no page")
        text.grow()
    text.skip(begins.end())
    results = []
    separator = _FIRST
    while True:
        result, end = _result(text, decoder, separator)
        if result is None:
            break
        results.append(result)
        text.skip(end)
        separator = _NEXT
    page, end = _tail(text, decoder)
    text.skip(end)
    return {**page, "MetricDataResults": results}


def _result(text: _Text, decoder: json.JSONDecoder, separator: re.Pattern[str]) -> tuple[Any, int]:
    """The next result and where it ends; None at the end of the list, which then starts the text."""
    while True:
        begins = separator.match(text.part)
        try:
            if begins and text.part[begins.end()] == "]":
                text.skip(begins.end())
                return None, 0
            if begins:
                return decoder.raw_decode(text.part, begins.end())
        except json.JSONDecodeError:
            pass
        text.grow()


def _tail(text: _Text, decoder: json.JSONDecoder) -> tuple[Any, int]:
    """What a page has after its results, and where it ends."""
    while True:
        try:
            page, end = decoder.raw_decode(_HEAD + text.part[1:])
        except json.JSONDecodeError:
            text.grow()
        else:
            return page, end - len(_HEAD) + 1
