"""Valid templates of which something is left out or replaced: read and resolved, or refused in one line."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.template import Assembly, NamePatterns, TemplateError, Values, linked_values, template_of
from constructs_lib.template.yaml_forms import parse_yaml
from tests.replay.test_replay_robust import ODD, places
from tests.template.test_sam_templates import SHOP
from tests.template.test_unknown_values import BODY

SNAPSHOTS = Path(__file__).parents[1] / "stacks" / "__snapshots__" / "test_order_service"
TEMPLATES: dict[str, Any] = {
    "every function": {
        **BODY,
        "Outputs": {"O": {"Value": {"Fn::ImportValue": "E"}, "Export": {"Name": {"Fn::Sub": "${Stage}"}}}},
    },
    "order service": json.loads((SNAPSHOTS / "test_the_template_is_as_the_snapshot_shows.json").read_text()),
    "SAM": parse_yaml(SHOP, "shop"),
}
PLACES = {name: list(places(body)) for name, body in TEMPLATES.items()}


@st.composite
def mutated(draw: st.DrawFn, name: str) -> Any:
    """A template of which something is replaced, or left out."""
    body = copy.deepcopy(TEMPLATES[name])
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(PLACES[name]))
        inside = body
        try:
            for key in way:
                inside = inside[key]
            if draw(st.booleans()):
                inside[last] = draw(ODD)
            else:
                del inside[last]
        except (TypeError, LookupError):
            continue  # what was there is replaced already
    return body


def followed(values: Values, value: Any) -> None:
    try:
        values.plain(value)
        values.is_known(value)
    except TemplateError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("name", TEMPLATES)
@settings(suppress_health_check=list(HealthCheck), max_examples=settings().max_examples * 2, deadline=None)
@given(data=st.data())
def test_a_template_with_something_odd_in_it_is_read_or_refused(name: str, data: st.DataObject) -> None:
    try:
        template = template_of(data.draw(mutated(name)), name="Odd")
    except TemplateError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
        return
    assert all(problem.isprintable() for problem in template.problems)
    lenient = linked_values(Assembly(templates=(template,)), undecided="unknown")["Odd"]
    patterns = NamePatterns(template)
    for each in template.resources.values():
        lenient.made(each)
        lenient.plain(each.properties)
        patterns.of(f"${{{each.logical_id}}}")
        followed(Values(template), each.properties)
        followed(Values(template), {"Fn::GetAtt": [each.logical_id, "Name"]})
    followed(lenient, template.section("Outputs"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_as_they_are_they_are_read_whole(name: str) -> None:
    assert template_of(TEMPLATES[name]).problems == ()
