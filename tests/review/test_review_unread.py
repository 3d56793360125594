"""What of a template is not read is told, and as a warning where functions are lost with it."""

from typing import Any

from constructs_lib.review import Finding, review

_FUNCTION: dict[str, Any] = {
    "Type": "AWS::Serverless::Function",
    "Properties": {"InlineCode": "-", "Handler": "index.handler", "Runtime": "python3.14"},
}


def _unread(template: dict[str, Any]) -> list[Finding]:
    (found,) = review(template).templates
    return [each for each in found.findings if each.rule == "not-read"]


def test_a_broken_resource_is_a_note() -> None:
    (finding,) = _unread({"Resources": {"Good": {"Type": "AWS::SNS::Topic"}, "Bad": {}}})

    assert finding.severity == "note"
    assert finding.message == "the resource Bad has no Type"


def test_a_sam_resource_that_cannot_be_expanded_is_a_warning() -> None:
    broken = {**_FUNCTION, "Properties": {**_FUNCTION["Properties"], "AutoPublishAlias": {"Ref": "Stage"}}}
    findings = _unread(
        {
            "Transform": "AWS::Serverless-2016-10-31",
            "Parameters": {"Stage": {"Type": "String"}},
            "Resources": {"Orders": broken},
        }
    )

    assert {each.severity.value for each in findings} == {"warning"}


def test_what_sam_expands_is_read() -> None:
    assert _unread({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Orders": _FUNCTION}}) == []
