"""JSON files of metrics. Long lists of values become arrays while the file is read, so that memory stays small."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.files.pages import pages_of
from constructs_lib.replay.timelines.moments import epoch_of
from constructs_lib.replay.timelines.packing import pack
from constructs_lib.replay.timelines.samples import Floats, Integers

__all__ = ["Points", "documents_of", "text_of"]

_epoch_of_text = lru_cache(maxsize=1 << 17)(epoch_of)


@dataclass(frozen=True, eq=False)
class Points:
    """Values and their times, as get-metric-data returns them."""

    times: Integers
    values: Floats


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        TimelineError: there is no such file, or it is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TimelineError(f"cannot be read: {error.strerror or error}. Give the path of a file.") from None
    except UnicodeDecodeError as error:
        raise TimelineError(f"is no UTF-8 text at byte {error.start}. Save it as UTF-8.") from None


def documents_of(path: Path) -> list[Any]:
    """The JSON documents of a file: one, or several one after the other, as appended pages are.

    The value of `values` is a Packed and that of `Values` a Points, or the TimelineError that says why not.

    Raises:
        TimelineError: it is no JSON.
    """
    decoder = json.JSONDecoder(object_hook=_compact, parse_constant=_no_constant)
    if pages := pages_of(path, decoder):
        return pages
    text = text_of(path)
    found: list[Any] = []
    at = 0
    try:
        while (at := _next(text, at)) < len(text):
            document, at = decoder.raw_decode(text, at)
            found.append(document)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise TimelineError(f"{place}: is no JSON: {error.msg}. Correct it there.") from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise TimelineError(f"is no JSON of metrics: {reason.splitlines()[0]}. Correct it.") from None
    return found


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no value that a metric can have")


def _compact(found: dict[str, Any]) -> dict[str, Any]:
    if "values" in found:
        found["values"] = _packed_or_reason(found["values"])
    if "Timestamps" in found and "Values" in found:
        found["Values"] = _points_or_reason(found.pop("Timestamps"), found["Values"])
    return found


def _packed_or_reason(values: object) -> object:
    try:
        return pack(values)
    except TimelineError as error:
        return error


def _points_or_reason(times: object, values: object) -> object:
    if not isinstance(times, list) or not isinstance(values, list) or len(times) != len(values):
        return TimelineError("has not as many Timestamps as Values. Export it again.")
    if not all(isinstance(each, (str, int, float)) for each in times):
        return TimelineError("has Timestamps that are no times. Export it again.")
    try:
        epochs = [_epoch_of_text(each) for each in times]
        packed = pack(values)
    except TimelineError as error:
        return error
    if (packed.count != 1).any():
        return TimelineError("has Values that are no numbers. Export it again.")
    return Points(np.array(epochs, dtype=np.int64), packed.sum)
