"""What other tools say in the assembly stands beside what this one finds."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.report import Review, TemplateReview
from constructs_lib.review.reviewing import review
from constructs_lib.review.validation_report import reported_in
from constructs_lib.template import read_assembly
from tests.review.review_files import assembly_of, shop
from tests.reviewing import TODAY

ANNOTATIONS_TOO = "@aws-cdk/core:annotationsInValidationReport"
NAG = "AwsSolutions"
WHY = "What it holds may get lost."
QUEUES = ("Left", "Accepted")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """Two stacks, one of them in a stage and with a nested one, that cdk-nag and CDK have something to say of."""
    folder = tmp_path_factory.mktemp("cdk.out")
    app = cdk.App(outdir=str(folder), context={ANNOTATIONS_TOO: True})
    plain = cdk.Stack(app, "Plain")
    staged = cdk.Stack(cdk.Stage(app, "Prod"), "Inner")
    for scope in (plain, staged, cdk.NestedStack(staged, "Nested")):
        left, accepted = (sqs.Queue(scope, each) for each in QUEUES)
        cdk.Validations.of(accepted).acknowledge(cdk.Acknowledgment(id=f"{NAG}::{NAG}-SQS3", reason=WHY))
        cdk.Annotations.of(left).add_warning_v2("shop:careful", "Careful with this.")
    cdk.Stack(app, "Without")
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with pytest.raises(RuntimeError, match="SQS3"):
        app.synth()
    return review(folder, today=TODAY)


def template(reviewed: Review, stack: str) -> TemplateReview:
    """That of a stack by its path; ``*`` stands for the hash in a logical id."""
    (found,) = [each for each in reviewed.templates if fnmatchcase(each.reading.key, stack)]
    return found


def others(reviewed: Review, stack: str) -> list[Finding]:
    return [each for each in template(reviewed, stack).findings if each.origin != "constructs_lib"]


@pytest.mark.parametrize(
    ("stack", "paths"),
    [
        ("Plain", QUEUES),
        ("Prod/Inner", QUEUES),
        ("Prod/Inner/Nested*", ("Nested/Left", "Nested/Accepted")),
    ],
)
def test_what_cdk_nag_found_stands_in_the_right_stack_with_the_right_path(
    reviewed: Review, stack: str, paths: tuple[str, str]
) -> None:
    found = [each for each in others(reviewed, stack) if each.rule == f"{NAG}-SQS3"]

    assert {each.construct_path: each.acknowledged for each in found} == {paths[0]: None, paths[1]: WHY}
    assert {each.origin for each in found} == {NAG}
    assert {each.severity for each in found} == {Severity.ERROR}
    resources = template(reviewed, stack).reading.template.resources
    assert {resources[each.logical_id].path for each in found} == set(paths)


def test_annotations_of_constructs_are_shown(reviewed: Review) -> None:
    (found,) = [each for each in others(reviewed, "Plain") if each.origin == "Construct Annotations"]

    assert (found.construct_path, found.message) == ("Left", "Careful with this.")
    assert found.severity is Severity.WARNING
    assert found.rule.endswith("shop:careful")


def test_what_cdks_own_validator_found_is_shown(reviewed: Review) -> None:
    (found,) = others(reviewed, "Without")

    assert found.origin == "CloudFormation Validate"
    assert found.message == "Resources section must exist and be non-empty"
    assert (found.construct_path, found.logical_id) == ("", "")


def test_they_count_like_those_of_this_tool(reviewed: Review) -> None:
    assert f"{NAG}-SQS3" in {each.rule for each in reviewed.at_or_above(Severity.ERROR)}


def place(path: str, **more: Any) -> dict[str, Any]:
    return {"constructPath": path, **more}


def violation(*places: Any, **given: Any) -> dict[str, Any]:
    return {
        "ruleName": "No1",
        "description": "It is bad.",
        "severity": "error",
        "violatingConstructs": list(places),
        **given,
    }


def report(*violations: Any, **given: Any) -> dict[str, Any]:
    plugin = {"pluginName": "Guard", "conclusion": "failure", "violations": list(violations), **given}
    return {"version": "55.0.0", "title": "Validation Report", "pluginReports": [plugin]}


def found_in(folder: Path, said: object) -> list[Finding]:
    templates = read_assembly(assembly_of(folder, said, First=shop(), Second=shop())).templates
    return [each for found in reported_in(folder, templates).values() for each in found]


@pytest.mark.parametrize(
    ("written", "severity"),
    [
        ({"severity": "fatal"}, Severity.ERROR),
        ({"severity": "error"}, Severity.ERROR),
        ({"severity": "warning"}, Severity.WARNING),
        ({"severity": "info"}, Severity.NOTE),
        ({"severity": "custom", "customSeverity": "HIGH"}, Severity.ERROR),
        ({"severity": "custom", "customSeverity": "low"}, Severity.NOTE),
        ({"severity": "custom", "customSeverity": "purple"}, Severity.WARNING),
        ({"severity": 3}, Severity.WARNING),
    ],
)
def test_severities_are_this_tools(tmp_path: Path, written: dict[str, Any], severity: Severity) -> None:
    (found,) = found_in(tmp_path, report(violation(place("Second/Queue"), **written)))

    assert found.severity is severity


def test_a_resource_is_found_by_template_and_logical_id(tmp_path: Path) -> None:
    where = {"templatePath": "Second.template.json", "logicalId": "Old"}
    said = report(violation(place("", cloudFormationResource=where), suggestedFix="Do this."))
    templates = read_assembly(assembly_of(tmp_path, said, First=shop(), Second=shop())).templates

    ((key, (found,)),) = reported_in(tmp_path, templates).items()

    assert key == "Second"
    assert (found.logical_id, found.construct_path, found.remedy) == ("Old", "Queue/Old", "Do this.")


@pytest.mark.parametrize("places", [[], [place("")], [place("Elsewhere/Queue")], [3]])
def test_what_is_about_no_stack_stands_with_the_first(tmp_path: Path, places: list[Any]) -> None:
    templates = read_assembly(assembly_of(tmp_path, report(violation(*places)), First=shop(), Second=shop()))

    assert set(reported_in(tmp_path, templates.templates)) == {"First"}


def test_a_tool_that_failed_is_told_of(tmp_path: Path) -> None:
    (found,) = found_in(tmp_path, report(metadata={"error": "Validation plugin 'Guard' failed: no network"}))

    assert (found.rule, found.origin) == ("plugin-failed", "Guard")
    assert found.message.endswith("no network")


def test_what_this_librarys_own_plugin_said_is_not_said_twice(tmp_path: Path) -> None:
    assert found_in(tmp_path, report(violation(place("First")), pluginName="constructs_lib")) == []


def test_without_a_report_nothing_is_found(tmp_path: Path) -> None:
    assert found_in(tmp_path, None) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*violation(), *report()["pluginReports"][0], "reason"]), inner)
    ),
    max_leaves=8,
)
KEYS = (
    "constructPath",
    "cloudFormationResource",
    "violatingConstructs",
    "violations",
    "suppressedViolations",
    "pluginReports",
    "metadata",
)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(odd=JSON, key=st.sampled_from(KEYS))
def test_a_report_of_any_shape_is_read(tmp_path_factory: pytest.TempPathFactory, odd: Any, key: str) -> None:
    said = report(violation(place("First/Queue", cloudFormationResource={})), suppressedViolations=[])

    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: odd if name == key else replaced(each) for name, each in value.items()}
        return [replaced(each) for each in value] if isinstance(value, list) else value

    for each in ({"pluginReports": odd}, [odd], replaced(said)):
        found = found_in(tmp_path_factory.mktemp("odd"), each)
        assert all(finding.message for finding in found)
