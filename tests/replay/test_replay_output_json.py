"""A replay's report as JSON."""

import json
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from constructs_lib.replay import Report
from constructs_lib.replay.output.json_form import SCHEMA, VERSION, document_of, json_of
from tests.replay.output_cases import NASTY, START, TOPIC, large_report, misspelt, small_report


@pytest.fixture(scope="module")
def report() -> Report:
    return small_report()


@pytest.fixture
def document(report: Report) -> dict[str, Any]:
    return json.loads(json_of(report))  # type: ignore[no-any-return] # it is an object


def schema_errors(content: object) -> list[str]:
    return [
        error.message for error in Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(content)
    ]


def by_path(document: dict[str, Any], path: str) -> dict[str, Any]:
    return next(each for each in document["stacks"][0]["alarms"] if each["path"] == path)


def test_a_report_fits_the_schema(document: dict[str, Any]) -> None:
    assert schema_errors(document) == []
    assert document["version"] == VERSION


def test_large_and_empty_reports_fit_the_schema() -> None:
    assert schema_errors(document_of(large_report())) == []
    assert schema_errors(document_of(small_report({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}))) == []


def test_the_schema_describes_every_key_that_is_written(document: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text())
    kinds = schema["$defs"]
    stack = document["stacks"][0]
    for name, found in {
        "incident": document["incidents"][0],
        "stack": stack,
        "alarm": stack["alarms"][0],
        "interval": stack["alarms"][0]["states"][0],
        "transition": stack["alarms"][0]["transitions"][0],
        "notification": stack["notifications"][0],
        "assumption": document["assumptions"][0],
    }.items():
        assert set(found) == set(kinds[name]["properties"]) == set(kinds[name]["required"]), name
    assert set(document) == set(schema["properties"]) == set(schema["required"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found.pop("version"),
        lambda found: found.update(version=VERSION + 1),
        lambda found: found.update(start="2026-03-02 00:00"),
        lambda found: found["stacks"][0]["alarms"][0].update(group="loud"),
        lambda found: found["stacks"][0]["alarms"][0].update(states=[]),
        lambda found: found["stacks"][0]["alarms"][0]["states"][0].update(state="WARN"),
        lambda found: found["stacks"][0]["notifications"][0].update(status="lost"),
        lambda found: found["stacks"][0]["notifications"][0].update(targets=[]),
        lambda found: found["incidents"][0].update(detected_after=-1),
        lambda found: found["assumptions"][0].pop("reason"),
    ],
)
def test_the_schema_refuses_what_is_not_of_the_form(
    document: dict[str, Any], spoil: Callable[[dict[str, Any]], object]
) -> None:
    spoil(document)
    assert schema_errors(document)


def test_states_follow_each_other_from_start_to_end(document: dict[str, Any]) -> None:
    for alarm in document["stacks"][0]["alarms"]:
        states = alarm["states"]
        assert (states[0]["start"], states[-1]["end"]) == (document["start"], document["end"])
        assert all(left["end"] == right["start"] for left, right in pairwise(states))
        assert states[-1]["state"] == (
            alarm["transitions"][-1]["after"] if alarm["transitions"] else "INSUFFICIENT_DATA"
        )


def test_times_come_back_as_they_were(report: Report, document: dict[str, Any]) -> None:
    assert datetime.fromisoformat(document["start"]) == report.start == START
    written = [each["at"] for each in document["stacks"][0]["notifications"]]
    assert [datetime.fromisoformat(each).timestamp() for each in written] == [
        each.at for each in report.notifications
    ]


def test_an_alarm_that_rang_tells_when_and_why(document: dict[str, Any]) -> None:
    errors = by_path(document, "Orders/Errors")
    assert (errors["group"], errors["rings"], errors["type"]) == ("rang", 1, "metric")
    assert (errors["first_alarm"], errors["seconds_in_alarm"]) == ("2026-03-02T12:02:00Z", 1_200)
    assert [each["state"] for each in errors["states"]] == ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"]
    rang = next(each for each in errors["transitions"] if each["after"] == "ALARM")
    assert rang["before"] == "OK"
    assert "30 >= 5" in rang["reason"]


def test_alarms_are_grouped(document: dict[str, Any]) -> None:
    assert by_path(document, "Orders/Silent")["group"] == "quiet"
    lost = by_path(document, "Orders/Lost")
    assert (lost["group"], lost["metrics"], lost["first_alarm"]) == ("without data", ["Shop Lost"], None)
    assert by_path(document, "Orders/Health")["type"] == "composite"
    assert NASTY.replace("/", "|") in {
        each["path"].partition("/")[2] for each in document["stacks"][0]["alarms"]
    }


def test_what_became_of_notifications_is_told(document: dict[str, Any]) -> None:
    found = {each["path"]: each for each in document["stacks"][0]["notifications"]}
    assert {path: each["status"] for path, each in found.items()} == {
        "Orders/Errors": "sent",
        "Orders/Off": "disabled",
        "Orders/Health": "sent",
        "Orders/Calm": "suppressed",
    }
    assert found["Orders/Errors"]["targets"] == [TOPIC]
    assert found["Orders/Errors"]["reason"] == ""
    assert found["Orders/Calm"]["reason"] == "Orders/Off is in ALARM"


def test_incidents_tell_how_long_it_took_and_who_was_told(document: dict[str, Any]) -> None:
    seen, missed = document["incidents"]
    assert (seen["name"], seen["detected_after"], seen["told_after"]) == ("bad deploy", 120, 120)
    assert seen["told"] == [TOPIC, "${Everyone.TopicArn}"]
    assert {each["path"]: each["after"] for each in seen["rang"]}["Orders/Health"] == 120
    assert (missed["detected_after"], missed["told_after"], missed["told"]) == (None, None, [])


def test_only_what_rests_on_a_stand_in_is_approximate(document: dict[str, Any]) -> None:
    assert document["approximate"] is True
    assert [each["path"] for each in document["stacks"][0]["alarms"] if each["approximate"]] == [
        "Orders/Anomaly"
    ]


def test_what_is_not_evaluated_and_what_is_unknown_is_told(document: dict[str, Any]) -> None:
    stack = document["stacks"][0]
    assert stack["not_evaluated"] == [
        {"id": "Odd", "path": "Orders/Odd", "problem": "its ComparisonOperator is 'LooksLike'"}
    ]
    assert stack["unknown_alarms"] == ["Elsewhere"]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_text()))


def test_metrics_that_alarms_lack_and_those_that_none_reads_are_told() -> None:
    found = document_of(misspelt(1))

    assert schema_errors(found) == []
    assert found["unread_metrics"] == ["Errrors", "Shop Order Shop=00", "Shop Visit Shop=00"]
    assert by_path(found, "Rate")["absent_metrics"] == ["Shop Orders"]
