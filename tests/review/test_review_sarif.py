"""A review as SARIF, which GitHub code scanning shows."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from constructs_lib.review.finding import Severity
from constructs_lib.review.output import sarif
from constructs_lib.review.output.sarif import MOST_RESULTS, sarif_of
from constructs_lib.review.report import Review
from constructs_lib.review.reviewing import review
from constructs_lib.template import template_of
from tests.review.review_cases import NASTY, finding, small_review, template_review
from tests.review.review_files import ERROR, WARNING, Files, assembly_of, shop
from tests.review.sarif_schema import sarif_schema

GITHUB_ASKS_FOR = {
    # https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
    "rule": {"id", "shortDescription", "fullDescription", "help"},
    "result": {"message", "locations", "partialFingerprints"},
    "region": {"startLine", "startColumn", "endLine", "endColumn"},
}
MEGABYTES = 10


def run_of(reviewed: Review) -> dict[str, Any]:
    (run,) = json.loads(sarif_of(reviewed))["runs"]
    found: dict[str, Any] = run
    return found


def place(result: dict[str, Any]) -> tuple[str, int]:
    where = result["locations"][0]["physicalLocation"]
    return where["artifactLocation"]["uri"], where["region"]["startLine"]


def lines(path: Path) -> dict[str, set[int]]:
    """Logical id to the lines of what is found there."""
    reviewed = review(path)
    found: dict[str, set[int]] = {}
    each = {(one.rule, one.message): one.logical_id for one in reviewed.templates[0].findings}
    for result in run_of(reviewed)["results"]:
        (logical_id,) = [
            name
            for (rule, message), name in each.items()
            if rule == result["ruleId"] and result["message"]["text"].startswith(message)
        ]
        found.setdefault(logical_id, set()).add(place(result)[1])
    return found


def nasty() -> Review:
    long = finding(rule="x" * 3_000, origin="Tool", message="m" * 50_000, remedy="r" * 50_000)
    odd = finding(construct_path="\ud800", message="A\x00\x1b[31m\ud800", logical_id="\u202e")
    return small_review(templates=(template_review(findings=(long, odd)),))


@pytest.mark.parametrize(
    "reviewed",
    [small_review(), Review(templates=()), nasty(), review(shop(), shop())],
    ids=["a review", "of nothing", "of odd names", "of templates without files"],
)
def test_it_is_as_the_official_schema_says(reviewed: Review) -> None:
    document = json.loads(sarif_of(reviewed))

    jsonschema.Draft4Validator(sarif_schema()).validate(document)
    assert document["version"] == "2.1.0"


@pytest.mark.parametrize("reviewed", [small_review(), nasty(), review(shop())])
def test_it_has_all_that_github_asks_for(reviewed: Review) -> None:
    run = run_of(reviewed)

    for rule in run["tool"]["driver"]["rules"]:
        assert set(rule) >= GITHUB_ASKS_FOR["rule"]
        assert 0 < len(rule["shortDescription"]["text"]) <= 1_024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1_024
        assert rule["help"]["text"]
        assert urlsplit(rule["helpUri"]).scheme == "https"
        assert len(rule["properties"]["tags"]) <= 10
    for result in run["results"]:
        assert set(result) >= GITHUB_ASKS_FOR["result"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert set(region) == GITHUB_ASKS_FOR["region"]
        assert min(region.values()) > 0
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_what_is_acknowledged_is_left_out_as_code_scanning_would_show_it() -> None:
    run = run_of(small_review())

    assert len(run["results"]) == 4
    assert "function-without-own-log-group" not in {each["ruleId"] for each in run["results"]}


def test_findings_of_other_tools_have_that_tools_name_before_their_rule() -> None:
    results = run_of(small_review())["results"]

    assert "AwsSolutions/AwsSolutions-SQS3" in {each["ruleId"] for each in results}
    assert {each["level"] for each in results} == {"error", "warning"}
    names = {each["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for each in results}
    assert f"Orders/{NASTY}" in names


class TestLines:
    def test_of_json_as_cdk_writes_it(self, tmp_path: Path) -> None:
        path = Files(tmp_path).write("t.json", json.dumps(shop(), indent=1))
        text = path.read_text().splitlines()

        assert lines(path) == {
            each: {next(n for n, line in enumerate(text, start=1) if line.startswith(f'  "{each}"'))}
            for each in ("Queue", "Old")
        }

    def test_of_yaml_with_the_same_words_elsewhere(self, tmp_path: Path) -> None:
        path = Files(tmp_path).write(
            "t.yaml",
            "Metadata:\n"
            "  Resources:\n"
            "    Queue: of something else\n"
            "Resources:\n"
            "  # the queue\n"
            "  Alarm:\n"
            "    Type: AWS::CloudWatch::Alarm\n"
            "    Metadata:\n"
            "      Queue: no resource\n"
            "    Properties: {Namespace: N, MetricName: M, Statistic: Sum, Period: 60, EvaluationPeriods: 1,\n"
            "      Threshold: 1, ComparisonOperator: GreaterThanThreshold}\n"
            "  'Queue':\n"
            "    Type: AWS::SQS::Queue\n"
            "Outputs:\n"
            "  Queue: {Value: !Ref Queue}\n",
        )

        found = lines(path)

        assert found["Alarm"] == {6}
        assert found["Queue"] == {12}

    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_columns_go_to_the_end_of_the_line(self, tmp_path: Path, newline: str) -> None:
        path = tmp_path / "t.yaml"
        path.write_bytes(f"Resources:{newline}  Queue:{newline}    Type: AWS::SQS::Queue{newline}".encode())

        (result,) = [
            each for each in run_of(review(path))["results"] if each["ruleId"] == "transport-not-enforced"
        ]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 9}

    def test_of_json_in_one_line(self, tmp_path: Path) -> None:
        assert lines(Files(tmp_path).write("t.json", shop())) == {"Queue": {1}, "Old": {1}}

    def test_what_sam_makes_is_where_its_author_wrote_what_it_is_made_of(self, tmp_path: Path) -> None:
        path = Files(tmp_path).write(
            "t.yaml",
            "Transform: AWS::Serverless-2016-10-31\n"
            "Resources:\n"
            "  Orders:\n"
            "    Type: AWS::Serverless::Function\n"
            "    Properties:\n"
            "      Handler: a.b\n"
            "      Runtime: python3.13\n"
            "      InlineCode: x\n"
            "      Policies: [{Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}]\n",
        )

        assert lines(path)["OrdersRole"] == {3}

    def test_of_a_file_that_is_gone(self, tmp_path: Path) -> None:
        path = Files(tmp_path).write("t.json", json.dumps(shop(), indent=1))
        reviewed = review(path)
        path.unlink()

        assert {place(each)[1] for each in run_of(reviewed)["results"]} == {1}


class TestPaths:
    def test_below_the_current_folder_they_are_relative(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        folder = assembly_of(tmp_path / "cdk out", Shop=shop())

        for given in (folder, Path("cdk out"), Path("./x/../cdk out")):
            (tmp_path / "x").mkdir(exist_ok=True)
            uris = {place(each)[0] for each in run_of(review(given))["results"]}
            assert uris == {"cdk%20out/Shop.template.json"}

    def test_elsewhere_they_are_addresses(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = Files(tmp_path).write("t.json", shop())
        monkeypatch.chdir(Path(tmp_path.root))
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")

        assert {place(each)[0] for each in run_of(review(path))["results"]} == {path.as_uri()}

    def test_a_template_that_is_in_no_file_goes_by_the_name_of_its_stack(self) -> None:
        assert {place(each)[0] for each in run_of(review(shop()))["results"]} == {"Template"}

    def test_nested_stacks_are_in_their_own_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "inner.json"}}
        Files(tmp_path).write("inner.json", shop())
        outer = Files(tmp_path).write("outer.json", {"Resources": {"A": inner, "B": inner}})

        results = run_of(review(outer))["results"]

        assert {place(each)[0] for each in results if each["ruleId"] == ERROR} == {"inner.json"}
        # Two stacks of one file: what is found in each is told apart.
        prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]
        assert len(prints) == len(set(prints))


class TestFingerprints:
    def prints(self, path: Path) -> dict[str, str]:
        return {
            each["ruleId"]: each["partialFingerprints"]["primaryLocationLineHash"]
            for each in run_of(review(path))["results"]
        }

    def test_they_stay_when_lines_move_and_figures_change(self, tmp_path: Path) -> None:
        files = Files(tmp_path)
        before = self.prints(files.write("t.json", json.dumps(shop(), indent=1)))
        moved = shop()
        moved["Resources"] = {"First": {"Type": "Custom::Thing"}, **moved["Resources"]}
        moved["Resources"]["Old"]["Properties"]["Threshold"] = 61
        after = self.prints(files.write("t.json", json.dumps(moved, indent=4)))

        assert before == after

    def test_they_stay_when_a_hash_in_a_logical_id_changes(self, tmp_path: Path) -> None:
        def written(name: str) -> dict[str, str]:
            body = shop()
            body["Resources"][name] = body["Resources"].pop("Old")
            return self.prints(Files(tmp_path).write("t.json", body))

        assert written("OldA1B2C3D4")[ERROR] == written("OldFFEEDDCC")[ERROR]

    def test_another_resource_has_another(self, tmp_path: Path) -> None:
        body = shop()
        before = self.prints(Files(tmp_path).write("t.json", body))
        body["Resources"]["Old"]["Metadata"]["aws:cdk:path"] = "Shop/Queue/New/Resource"
        after = self.prints(Files(tmp_path).write("t.json", body))

        assert before[ERROR] != after[ERROR]
        assert before[WARNING] != after[WARNING]


def test_more_than_github_takes_are_cut_to_the_worst_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [finding(message=f"Number {each}.", severity=Severity.NOTE) for each in range(12)]
    worst = finding(message="The worst.", severity=Severity.ERROR)
    accepted = finding(severity=Severity.ERROR, acknowledged="Why not.")
    monkeypatch.setattr(sarif, "MOST_RESULTS", 10)

    run = run_of(small_review(templates=(template_review(findings=(accepted, *many, worst)),)))

    assert len(run["results"]) == 10
    assert run["results"][0]["message"]["text"].startswith("The worst.")
    ((notification,),) = [each["toolExecutionNotifications"] for each in run["invocations"]]
    assert notification["message"]["text"].startswith("3 findings are left out")


def test_as_many_as_github_takes_stay_below_its_largest_file() -> None:
    many = tuple(
        finding(message=f"Orders/Alarm{each} has no AlarmActions.", construct_path=f"Orders/Alarm{each}")
        for each in range(MOST_RESULTS)
    )
    text = sarif_of(small_review(templates=(replace(template_review(), findings=many),)))

    assert len(json.loads(text)["runs"][0]["results"]) == MOST_RESULTS
    assert len(gzip.compress(text.encode(), compresslevel=6)) < MEGABYTES * 1_000_000


def test_a_name_that_is_no_path_is_an_address_all_the_same() -> None:
    name = "a b/\u202e%?#"
    template = template_of(shop(), name=name)
    reviewed = review(shop())
    odd = replace(reviewed.templates[0], path=template.name)

    (uri,) = {place(each)[0] for each in run_of(replace(reviewed, templates=(odd,)))["results"]}

    assert uri.isascii()
    assert " " not in uri
