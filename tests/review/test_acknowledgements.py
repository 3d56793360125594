"""Findings that somebody accepts: in a file, in a resource's metadata, where CDK keeps its own."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review.acknowledgements import Acknowledgement, read_acknowledgements
from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.report import TemplateReview
from constructs_lib.review.reviewing import review
from constructs_lib.review.unusable import UnusableError
from tests.review.review_files import ERROR, WARNING, Files, assembly_of, shop
from tests.reviewing import TODAY, parsed

WHY = "It is old, and nobody minds."
KEPT_IN_CDK = "aws:cdk:acknowledged-rules"


def acknowledgement(rule: str = ERROR, **given: Any) -> Acknowledgement:
    return Acknowledgement(**{"rule": rule, "reason": WHY, **given})


def reviewed(body: Any, *given: Acknowledgement, **more: Any) -> TemplateReview:
    return review(body, acknowledgements=given, today=TODAY, **more).templates[0]


def one(found: TemplateReview, rule: str) -> Finding:
    (finding,) = [each for each in found.findings if each.rule == rule]
    return finding


def rules(found: TemplateReview) -> set[str]:
    return {each.rule for each in found.open}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"rule": "statistic-*"},
        {"rule": "constructs_lib::statistic-not-one"},
        {"resource": "Queue/Old"},
        {"resource": "Old"},
        {"resource": "Queue"},
        {"resource": "Q?eue/*"},
        {"stack": "Template"},
        {"stack": "T*"},
        {"expires": TODAY},
        {"expires": date(2099, 1, 1)},
    ],
)
def test_a_finding_is_accepted_by_rule_resource_and_stack_until_a_day(given: dict[str, Any]) -> None:
    found = reviewed(shop(), acknowledgement(**given))

    assert one(found, ERROR).acknowledged == WHY
    assert ERROR not in rules(found)
    assert not [each for each in found.findings if each.rule.startswith("acknowledgement-")]


@pytest.mark.parametrize(
    "given",
    [{"resource": "Que"}, {"resource": "Queue/Ol"}, {"stack": "Templat"}, {"rule": "statistic-not-on"}],
)
def test_one_that_is_about_nothing_is_told_of_and_accepts_nothing(given: dict[str, Any]) -> None:
    found = reviewed(shop(), acknowledgement(**given, where="acks.yaml, entry 1"))

    assert one(found, ERROR).acknowledged is None
    unused = one(found, "acknowledgement-unused")
    assert unused.severity is Severity.WARNING
    assert "(acks.yaml, entry 1)" in unused.message


def test_a_rule_that_is_nearly_called_so_is_named() -> None:
    misspelt = one(reviewed(shop(), acknowledgement("statistic-notone")), "acknowledgement-unused")
    other = one(reviewed(shop(), acknowledgement("queue-fifo-name")), "acknowledgement-unused")

    assert misspelt.remedy == f"There is no rule statistic-notone: write {ERROR} if that is meant."
    assert other.remedy.startswith("Remove it")


def test_the_day_after_it_expired_the_finding_counts_and_so_does_that_it_expired() -> None:
    yesterday = date(2026, 11, 21)
    found = reviewed(shop(), acknowledgement(expires=yesterday, resource="Old"))

    assert one(found, ERROR).acknowledged is None
    expired = one(found, "acknowledgement-expired")
    assert expired.construct_path == "Queue/Old"
    assert "expired on 2026-11-21" in expired.message


def test_one_that_expired_does_not_take_from_one_that_counts() -> None:
    found = reviewed(shop(), acknowledgement(expires=date(2020, 1, 1)), acknowledgement(reason="Still."))

    assert one(found, ERROR).acknowledged == "Still."


def test_the_stacks_that_are_not_reviewed_are_not_missed(tmp_path: Path) -> None:
    folder = assembly_of(tmp_path, First=shop(), Second=shop())
    given = acknowledgement(stack="Second")

    (first,) = review(folder, acknowledgements=[given], stacks=["First"]).templates

    assert "acknowledgement-unused" not in rules(first)


def test_one_that_only_the_second_source_needs_is_used() -> None:
    first, second = review(
        {"Resources": {"A": {"Type": "Custom::Thing"}}}, shop(), acknowledgements=[acknowledgement()]
    ).templates

    assert first.findings == ()
    assert ERROR not in rules(second)


class TestMetadata:
    def test_a_resource_accepts_what_is_found_at_it(self) -> None:
        found = reviewed(self.with_metadata([{"rule": ERROR, "reason": WHY}]))

        assert one(found, ERROR).acknowledged == WHY
        assert one(found, WARNING).acknowledged is None

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ([{"rule": ERROR}], "has no reason"),
            ([{"rule": ERROR, "reason": "  "}], "has no reason"),
            ([{"reason": WHY}], "it needs a rule and a reason"),
            ([{"rule": 7, "reason": WHY}], "it needs a rule and a reason"),
            ([{"rule": ERROR, "reason": WHY, "until": 1}], "has until"),
            ([{"rule": ERROR, "reason": WHY, "expires": "soon"}], "expires on 'soon'"),
            (["yes"], "it needs a rule and a reason"),
        ],
    )
    def test_one_that_cannot_be_used_is_told_of(self, written: Any, said: str) -> None:
        found = reviewed(self.with_metadata(written))

        assert said in one(found, "acknowledgement-unusable").message
        assert one(found, ERROR).acknowledged is None

    @pytest.mark.parametrize("written", [None, 3, {}, "x", {"Ref": "x"}])
    def test_metadata_of_another_form_is_nobodys(self, written: Any) -> None:
        assert one(reviewed(self.with_metadata(written)), ERROR).acknowledged is None

    def test_one_that_is_about_nothing_is_told_of_at_its_resource(self) -> None:
        found = reviewed(self.with_metadata([{"rule": "queue-fifo-name", "reason": WHY}]))

        assert one(found, "acknowledgement-unused").construct_path == "Queue/Old"

    def test_a_path_with_brackets_is_no_pattern(self) -> None:
        body = self.with_metadata([{"rule": ERROR, "reason": WHY}])
        body["Resources"]["Old"]["Metadata"]["aws:cdk:path"] = "Shop/Queue[0]/Old*/Resource"

        assert one(reviewed(body), ERROR).acknowledged == WHY

    def test_what_sam_makes_of_a_resource_is_told_of_and_accepted_at_that_resource(self) -> None:
        function = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Orders:
                Type: AWS::Serverless::Function
                Metadata: {constructs_lib: {acknowledge: [
                  {rule: role-allows-everything, reason: It is old.}, {rule: logs-as-text, reason: People read it.}]}}
                Properties:
                  Handler: a.b
                  Runtime: python3.13
                  InlineCode: x
                  Policies: [{Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}]
        """
        found = reviewed(parsed(function))

        at_role = one(found, "role-allows-everything")
        assert (at_role.logical_id, at_role.construct_path) == ("OrdersRole", "Orders")
        assert at_role.acknowledged == "It is old."
        assert one(found, "logs-as-text").acknowledged == "People read it."
        assert not [each for each in found.findings if each.rule.startswith("acknowledgement-")]

    @staticmethod
    def with_metadata(acknowledge: Any) -> dict[str, Any]:
        body = shop()
        body["Resources"]["Old"]["Metadata"]["constructs_lib"] = {"acknowledge": acknowledge}
        return body


class TestWhatCdkKeeps:
    @pytest.mark.parametrize("path", ["/Shop/Queue/Old", "/Shop/Queue", "/Shop"])
    def test_a_construct_accepts_what_is_found_below_it(self, tmp_path: Path, path: str) -> None:
        found = reviewed(self.assembly(tmp_path, path, {f"constructs_lib::{ERROR}": WHY}))

        assert one(found, ERROR).acknowledged == WHY
        assert "acknowledgement-unused" not in rules(found)

    def test_what_is_of_other_tools_is_not_this_ones(self, tmp_path: Path) -> None:
        found = reviewed(self.assembly(tmp_path, "/Shop", {f"AwsSolutions::{ERROR}": WHY}))

        assert one(found, ERROR).acknowledged is None
        assert "acknowledgement-unused" not in rules(found)

    def test_one_without_a_reason_accepts_nothing(self, tmp_path: Path) -> None:
        found = reviewed(self.assembly(tmp_path, "/Shop", {f"constructs_lib::{ERROR}": ""}))

        assert one(found, ERROR).acknowledged is None
        assert "Shop has no reason" in one(found, "acknowledgement-unusable").message

    def test_a_stack_accepts_what_is_found_in_those_nested_in_it(self, tmp_path: Path) -> None:
        Files(tmp_path).write("inner.json", shop())
        inner = {
            "Type": "AWS::CloudFormation::Stack",
            "Metadata": {"aws:asset:path": "inner.json"},
            "Properties": {"TemplateURL": "https://s3.test/inner"},
        }
        kept = [{"type": KEPT_IN_CDK, "data": {f"constructs_lib::{ERROR}": WHY}}]
        folder = assembly_of(
            tmp_path, metadata={"Shop": {"/Shop": kept}}, Shop={"Resources": {"Inner": inner}}
        )

        outer, nested = review(folder, today=TODAY).templates

        assert one(nested, ERROR).acknowledged == WHY
        assert "acknowledgement-unused" not in rules(outer) | rules(nested)

    @staticmethod
    def assembly(folder: Path, path: str, rules: dict[str, str]) -> Path:
        metadata: dict[str, list[dict[str, Any]]] = {
            "/Shop/Queue/Old/Resource": [{"type": "aws:cdk:logicalId", "data": "Old"}],
            "/Shop/Queue/Resource": [{"type": "aws:cdk:logicalId", "data": "Queue"}],
        }
        metadata.setdefault(path, []).append({"type": KEPT_IN_CDK, "data": rules})
        return assembly_of(folder, metadata={"Shop": metadata}, Shop=shop())


class TestFile:
    def test_json_and_yaml_say_the_same(self, tmp_path: Path) -> None:
        entry = {"rule": ERROR, "resource": "A/*", "stack": "S", "reason": WHY, "expires": "2027-03-31"}
        text = f"- rule: {ERROR}\n  resource: A/*\n  stack: S\n  reason: {WHY}\n  expires: 2027-03-31\n"
        files = Files(tmp_path)

        (from_json,) = read_acknowledgements(files.write("a.json", [entry]))
        (from_yaml,) = read_acknowledgements(files.write("a.yaml", text))

        assert (from_json.resource, from_json.stack, from_json.expires) == ("A/*", "S", date(2027, 3, 31))
        assert from_json.where == f"{tmp_path / 'a.json'}, entry 1"
        assert {**vars(from_json), "where": ""} == {**vars(from_yaml), "where": ""}

    def test_an_empty_list_accepts_nothing(self, tmp_path: Path) -> None:
        assert read_acknowledgements(Files(tmp_path).write("a.yaml", "[]")) == []

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "holds no list of acknowledgements"),
            ("rule: x", "holds no list of acknowledgements"),
            ("- a: [\nb", "is no YAML"),
            ("- rule: x", "entry 1 has no reason"),
            ("- {rule: a, reason: b}\n- x", "entry 2 is no acknowledgement"),
            ("- {rule: a, reason: b, resources: c}", "entry 1 has resources"),
            ("- {rule: a, reason: b, expires: 2027-02-30}", "2027-02-30"),
            ("- {rule: a, reason: b, expires: [1]}", "give a day such as 2027-03-31"),
            ("[" * 100_000, "nested too deep"),
        ],
    )
    def test_one_that_cannot_be_used_is_refused_in_a_line(self, tmp_path: Path, text: str, said: str) -> None:
        path = Files(tmp_path).write("a.yaml", text)

        with pytest.raises(UnusableError) as raised:
            read_acknowledgements(path)

        assert said in str(raised.value)
        assert str(raised.value).startswith(str(path))
        assert len(str(raised.value).splitlines()) == 1

    def test_a_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnusableError, match="is no file"):
            read_acknowledgements(tmp_path)
