"""What holds of the difference of any two templates."""

import copy
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.review.difference import INVERSE, changes_between
from constructs_lib.review.reading import Reading
from constructs_lib.template import Assembly, template_of
from tests.reviewing import TODAY, parsed

_FOLDER = Path(__file__).parent / "differences"
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 0.5, "", "text", "${Odd", {"Ref": "Nothing"}, {"Fn::If": [1]}, [], {}, [[{}]]]
)


def _every_resource() -> dict[str, Any]:
    """One of each resource that stands in a case, together."""
    found: dict[str, Any] = {}
    for file in sorted(_FOLDER.glob("*.yaml")):
        for number, case in enumerate(parsed(file.read_text(encoding="utf-8")).values()):
            for side in ("both", "old"):
                for name, resource in case.get(side, {}).items():
                    found.setdefault(f"{name}{file.stem.title()}{number if side == 'old' else ''}", resource)
    return found


EVERY = _every_resource()


def _reading(resources: Any) -> Reading:
    body = {"Resources": {"Rest": {"Type": "AWS::CloudFormation::WaitConditionHandle"}, **resources}}
    return Reading(Assembly(templates=(template_of(body),)), today=TODAY)


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*above, key)
        yield from _places(each, (*above, key))


PLACES = [place for place in _places(EVERY) if len(place) > 1]


@st.composite
def _mutated(draw: st.DrawFn) -> dict[str, Any]:
    made = copy.deepcopy(EVERY)
    for place in draw(st.lists(st.sampled_from(PLACES), max_size=8)):
        here: Any = made
        for key in place[:-1]:
            here = here[key] if isinstance(here, dict) and key in here else None
        if isinstance(here, dict) and place[-1] in here:
            if draw(st.booleans()):
                del here[place[-1]]
            else:
                here[place[-1]] = draw(ODD)
    kept = draw(st.sets(st.sampled_from(sorted(made)), min_size=1))
    return {
        name: each
        for name, each in made.items()
        if name in kept and isinstance(each, dict) and "Type" in each
    }


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_mutated())
def test_a_template_is_not_changed_from_itself(resources: dict[str, Any]) -> None:
    assert changes_between(_reading(resources), _reading(resources)) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_mutated(), _mutated())
def test_every_change_has_its_inverse_and_nothing_breaks(one: dict[str, Any], other: dict[str, Any]) -> None:
    there = changes_between(_reading(one), _reading(other))
    back = changes_between(_reading(other), _reading(one))

    assert "not-compared" not in {each.kind for each in there}, there
    assert Counter(INVERSE[each.kind] for each in there) == Counter(each.kind for each in back), (there, back)


def test_the_order_and_the_form_of_a_template_are_no_change() -> None:
    backwards = dict(
        reversed([(name, json.loads(json.dumps(each, sort_keys=True))) for name, each in EVERY.items()])
    )

    assert changes_between(_reading(EVERY), _reading(backwards)) == []


def test_descriptions_metadata_and_tags_are_no_change() -> None:
    other = copy.deepcopy(EVERY)
    for each in other.values():
        each["Metadata"] = {"aws:asset:path": "asset.2"}
        each.setdefault("Properties", {})["Tags"] = [{"Key": "release", "Value": "2"}]
        each["Properties"]["Description"] = "better"

    assert changes_between(_reading(EVERY), _reading(other)) == []


def test_a_deep_value_is_no_traceback() -> None:
    deep: Any = "end"
    for _ in range(300):
        deep = [{"a": deep}]
    resources = {"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": deep}}}

    assert changes_between(_reading(resources), _reading(EVERY))


@pytest.mark.parametrize("renamed", [False, True])
def test_the_time_grows_as_the_templates_do(renamed: bool) -> None:  # noqa: FBT001 - a case of the test
    def seconds(count: int) -> float:
        new = {f"{'New' * renamed}{name}": each for name, each in _many(count).items()}
        old = _reading(_many(count))
        best = float("inf")
        for _ in range(3):
            after = _reading(new)
            begin = time.process_time()
            changes_between(old, after)
            best = min(best, time.process_time() - begin)
        return best

    assert seconds(1_600) < 4 * 2 * seconds(400) + 0.05


def _many(count: int) -> dict[str, Any]:
    alarms = {
        f"Errors{number}": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "MetricName": f"Errors{number}",
                "Dimensions": [{"Name": "Q", "Value": {"Ref": f"Q{number}"}}],
            },
        }
        for number in range(count // 2)
    }
    return {**alarms, **{f"Q{number}": {"Type": "AWS::SQS::Queue"} for number in range(count // 2)}}
