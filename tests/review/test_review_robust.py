"""Whatever a template holds: it is reviewed within seconds, no rule crashes, and every form is written."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.review.finding import Severity
from constructs_lib.review.output.markdown import markdown_of
from constructs_lib.review.report import Review
from constructs_lib.review.reviewing import review
from constructs_lib.template import TemplateError
from tests.replay.test_replay_robust import ODD, places
from tests.review.hostile_reviews import HOSTILE_TO_RULES, many
from tests.review.html_cases import SERVICE
from tests.review.review_and_write import written
from tests.review.review_cases import finding, small_review, template_review
from tests.review.review_files import shop
from tests.reviewing import TODAY, parsed
from tests.synthesis import ROOT
from tests.template.hostile import HOSTILE, REFUSED
from tests.template.test_sam_templates import SHOP

SECONDS, MEGABYTES = 10.0, 500.0
"""Of a processor that other tests share: alone the slowest takes four."""
RULES = Path(__file__).with_name("rules")
FAMILIES = sorted(each.name for each in RULES.iterdir() if each.is_dir())
REVIEWED_AS_TOO_LARGE = {
    "lists.json",
    "objects.json",
    "resources.json",
    "references.json",
    "names-chained.json",
    "mapped-list.json",
    "parameter.json",
    "mapped-text.json",
    "sam-of-long-globals.json",
}
REFUSED_ALL_THE_SAME = "bomb.yaml"
TEXTS = {
    **{name: make for name, make in HOSTILE.items() if name not in REFUSED or name == REFUSED_ALL_THE_SAME},
    **{f"{name}.json": make for name, make in HOSTILE_TO_RULES.items()},
}


@pytest.fixture(scope="module")
def reviewer() -> Iterator["subprocess.Popen[str]"]:
    """A process that reviews the template of each path that is written to it, and answers with what that took."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("review_and_write.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A process with threads is not to be forked.
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    ) as process:
        yield process


def taken(reviewer: "subprocess.Popen[str]", path: Path) -> dict[str, Any]:
    """What it took to review a template and to write the review in all forms."""
    assert reviewer.stdin is not None
    assert reviewer.stdout is not None
    reviewer.stdin.write(f"{path}\n")
    reviewer.stdin.flush()
    answer = reviewer.stdout.readline()
    assert answer.startswith("{"), f"not an answer, but {answer}"
    found: dict[str, Any] = json.loads(answer)
    assert "crash" not in found, found["crash"]
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_template_takes_seconds_and_no_more_memory_than_there_is(
    tmp_path: Path, reviewer: "subprocess.Popen[str]", name: str
) -> None:
    made = TEXTS[name]()
    (tmp_path / name).write_text(made if isinstance(made, str) else json.dumps(made))

    found = taken(reviewer, tmp_path / name)

    assert found["seconds"] < SECONDS
    assert found["megabytes"] < MEGABYTES
    assert found["crashed"] == []
    assert bool(found["error"]) is (name == REFUSED_ALL_THE_SAME)
    assert len(found["error"].splitlines()) <= 1
    assert found["too_large"] is (name in REVIEWED_AS_TOO_LARGE)


def test_a_template_that_cloudformation_refuses_for_its_size_is_an_error_and_nothing_else() -> None:
    body = {"Resources": {f"Q{each}": {"Type": "AWS::SQS::Queue"} for each in range(2_001)}}

    ((finding,),) = [each.findings for each in review(body).templates]

    assert (finding.rule, finding.severity) == ("too-large-to-review", Severity.ERROR)
    assert finding.message == "It has 2,001 resources, and CloudFormation takes 500: it is not reviewed."


def test_alarms_with_more_periods_than_can_be_replayed_are_told_of() -> None:
    body = many(20, 0)
    for each in range(20):
        body["Resources"][f"F{each}"]["Properties"]["Timeout"] = 60 + each
        for number in range(3):
            alarm = copy.deepcopy(many(1, 0)["Resources"]["F0"])
            alarm["Type"] = "AWS::CloudWatch::Alarm"
            alarm["Properties"] = {
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": f"F{each}"}}],
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1_400 + number,
                "Threshold": each,
                "ComparisonOperator": "GreaterThanThreshold",
            }
            body["Resources"][f"A{each}x{number}"] = alarm

    modes = review(body).templates[0].coverage.modes

    left = [each for each in modes if "too many alarms have as many periods" in each.why]
    assert left
    assert {each.caught for each in left} == {"unknown"}


def test_a_comment_keeps_its_form_whatever_other_tools_call_their_rules() -> None:
    odd = finding(rule="a`b` <details>|\n# x", origin="T`", message="</details>\n## x @team " + "y" * 9_000)
    text = markdown_of(small_review(templates=(template_review(findings=(odd, finding())),)))

    assert "**`T': a'b' <details>|" in text
    assert "@team" not in text
    assert len(text) < 8_000
    assert not [line for line in text.splitlines() if line.startswith(("# x", "## x", "</details> "))]
    assert "Orders/Errors has no AlarmActions." in text


TEMPLATES: dict[str, Any] = {
    "a service": parsed(SERVICE),
    "SAM": parsed(SHOP),
    "a shop": shop(),
}


def cases(family: str) -> list[Any]:
    """The templates that the tests of a family's rules have."""
    files = [parsed(each.read_text(encoding="utf-8")) for each in sorted((RULES / family).glob("*.yaml"))]
    found = [case for file in files for kind in ("bad", "good") for case in file[kind].values()]
    return [{key: each[key] for key in each if key[0].isupper()} for each in found if "Resources" in each]


FAMILY_TEMPLATES = {family: cases(family) for family in FAMILIES}


@st.composite
def mutated(draw: st.DrawFn, whole: Any) -> Any:
    """A template of which something is replaced, or left out."""
    body = copy.deepcopy(whole)
    ways = list(places(body))
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(ways))
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


def reviewed(body: Any) -> Review | None:
    """A review that no rule crashed in; None where the template is refused in one line."""
    try:
        found = review(body, today=TODAY)
    except TemplateError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
        return None
    crashed = [each.message for each in found.templates[0].findings if each.rule == "rule-crashed"]
    assert crashed == []
    return found


@pytest.mark.parametrize("name", TEMPLATES)
@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_a_template_with_something_odd_in_it_is_reviewed_and_written(name: str, data: st.DataObject) -> None:
    found = reviewed(data.draw(mutated(TEMPLATES[name])))

    if found is not None:
        assert all(written(found).values())


@pytest.mark.parametrize("family", FAMILIES)
@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_the_templates_of_a_family_of_rules_with_something_odd_in_them(
    family: str, data: st.DataObject
) -> None:
    reviewed(data.draw(st.sampled_from(FAMILY_TEMPLATES[family]).flatmap(mutated)))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_templates_that_are_reviewed_as_they_are(family: str) -> None:
    assert len(FAMILY_TEMPLATES[family]) > 5
    assert all(reviewed(each) is not None for each in FAMILY_TEMPLATES[family][:5])


def test_names_that_no_file_can_hold_are_written_all_the_same(
    tmp_path: Path, reviewer: "subprocess.Popen[str]"
) -> None:
    body = shop()
    body["Resources"]["Old"]["Metadata"]["aws:cdk:path"] = "Shop/Odd\ud800\x00\x1b[31m/Resource"
    body["Resources"]["Old"]["Properties"] |= {"Threshold": float("inf"), "Period": float("nan")}
    (tmp_path / "t.json").write_text(json.dumps(body))

    found = taken(reviewer, tmp_path / "t.json")

    assert found["findings"] > 2
    assert found["crashed"] == []
