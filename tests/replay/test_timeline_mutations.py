"""Whatever is in a file: it is read, or there is one clear line about it."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.files.reading import read_timeline
from constructs_lib.replay.timelines.files.timeline_file import write_timeline
from constructs_lib.replay.timelines.timeline import Timeline
from tests.replay.test_timeline_exports import IOPS, IOPS_RESULT, RATIO, RATIO_RESULT
from tests.replay.test_timeline_files import VALID
from tests.replay.timeline_checks import assert_same_timeline

EXPORT = {"MetricDataResults": [IOPS_RESULT, RATIO_RESULT], "Messages": []}
STATISTICS = {
    "Label": "CPUUtilization",
    "Datapoints": [{"Timestamp": "2014-04-09T11:18:00Z", "Sum": 2.0, "ExtendedStatistics": {"p90": 50.0}}],
}
LONG = (
    "timestamp,namespace,metric,dimensions,value,period\n2026-03-02T00:00:00Z,AWS/Lambda,Errors,FunctionName=f,3,60\n"
    '2026-03-02T00:00:30Z,AWS/Lambda,Errors,"{""FunctionName"": ""f""}",3,60\n'
)
WIDE = "timestamp,AWS/Lambda|Errors|FunctionName=f,Own|Total\n2026-03-02T00:01:00Z,,7\n2026-03-02T00:00:00Z,3,6.5\n"
TEXTS = {
    "timeline.json": json.dumps(VALID, indent=1),
    "export.json": json.dumps(EXPORT),
    "statistics.json": json.dumps(STATISTICS),
    "long.csv": LONG,
    "wide.csv": WIDE,
}

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(
        [
            -1,
            0,
            7,
            10**400,
            1e308,
            float("nan"),
            float("inf"),
            "",
            "NaN",
            "9999-12-31T23:59:59Z",
            "0001-01-01",
        ]
    ),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.none() | st.integers() | st.text(max_size=2), max_size=3),
    st.dictionaries(
        st.sampled_from(["values", "samples", "Timestamps", "Values", "count", "x"]),
        st.integers(),
        max_size=3,
    ),
)


SIGNS = [*'{}[]",:;|=-eE.0', "\n", "\r", "\0", "\ud800"]


def read_or_refused(path: Path, text: str | bytes, queries: Path | None = None) -> Timeline | None:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        return read_timeline(path, queries)
    except TimelineError as error:
        said = str(error)
    assert said.startswith(f"{path}: ")
    assert len(said.splitlines()) == 1
    assert len(said) < 1000
    return None


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from places(each, (*at, key))


def edited(draw: st.DrawFn, document: Any) -> Any:
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(list(places(document))[1:] or [()]))
        if not place:
            return draw(ODD)
        parent = document
        for key in place[:-1]:
            parent = parent[key]
        action = draw(st.sampled_from(["replace", "replace", "delete", "add"]))
        if action == "delete":
            del parent[place[-1]]
        elif action == "add" and isinstance(parent, dict):
            parent[draw(st.sampled_from(["stat", "given", "samples", "values", "NextToken"]))] = draw(ODD)
        else:
            parent[place[-1]] = draw(ODD)
    return document


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data(), name=st.sampled_from(sorted(TEXTS)))
def test_a_file_with_changed_characters_is_read_or_refused(
    tmp_path: Path, data: st.DataObject, name: str
) -> None:
    text = TEXTS[name]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(st.text(max_size=4) | st.sampled_from(SIGNS)) + text[end:]
    read_or_refused(tmp_path / name, text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), name=st.sampled_from(["a.json", "a.csv"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes, name: str) -> None:
    read_or_refused(tmp_path / name, data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data(), document=st.sampled_from([VALID, EXPORT, STATISTICS]))
def test_a_file_with_other_values_is_read_or_refused(
    tmp_path: Path, data: st.DataObject, document: Any
) -> None:
    timeline = read_or_refused(tmp_path / "a.json", json.dumps(st_edit(data, document)))
    if timeline is not None:
        write_timeline(timeline, tmp_path / "again.json")
        assert_same_timeline(read_timeline(tmp_path / "again.json"), timeline)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_export_with_changed_queries_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    queries = tmp_path / "queries.json"
    queries.write_text(json.dumps(st_edit(data, [RATIO, IOPS])))
    read_or_refused(tmp_path / "export.json", TEXTS["export.json"], queries)


def st_edit(data: st.DataObject, document: Any) -> Any:
    return data.draw(st.composite(edited)(document))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_unchanged_files_are_read(tmp_path: Path, name: str) -> None:
    assert read_or_refused(tmp_path / name, TEXTS[name]) is not None
