"""What follows when alarms change: composites, actions, and what withholds them."""

from typing import Any

import pytest

from constructs_lib.replay import Report, replay
from tests.replay.small_app import TOPIC, alarm, app, composite, minute, mute, timeline

ACTIONS = {"AlarmActions": [TOPIC], "OKActions": [TOPIC]}


def rings(report: Report, name: str) -> list[float]:
    return [
        minute(each.at) for each in report.transitions if each.alarm.name == name and each.after == "ALARM"
    ]


def told(report: Report, name: str = "errors") -> list[tuple[float, str, str]]:
    """When, for which state, and what became of it."""
    found = [each for each in report.notifications if each.alarm.name == name]
    return [(minute(each.at), each.state, each.status) for each in found]


def test_an_alarm_rings_at_the_end_of_the_minute_and_recovers() -> None:
    report = replay(app(A=alarm("errors", **ACTIONS)), timeline(errors="0001100"))

    assert rings(report, "errors") == [4]
    assert told(report) == [(4, "ALARM", "sent"), (6, "OK", "sent")]


def test_a_composite_rings_with_what_its_rule_says_and_names_it() -> None:
    template = app(
        Errors=alarm("errors"),
        Slow=alarm("slow"),
        Both=composite("both", 'ALARM("errors") AND ALARM("slow")', **ACTIONS),
        Any=composite("any", "ALARM(errors) OR ALARM(both)"),
        Odd=composite("odd", 'AT_LEAST(1, OK, (errors, slow)) AND NOT ALARM("any")'),
    )
    report = replay(template, timeline(errors="0110110", slow="0010000"))

    assert rings(report, "both") == [3]
    assert rings(report, "any") == [2, 5]
    assert rings(report, "odd") == [1, 4, 7]
    (both,) = [each for each in report.transitions if each.alarm.name == "both" and each.after == "ALARM"]
    assert both.reason == "in ALARM: Errors, Slow"
    assert told(report, "both") == [(3, "ALARM", "sent"), (4, "OK", "sent")]


def test_references_and_arns_in_rules_are_alarms_of_the_template() -> None:
    errors = alarm("errors")
    del errors["Properties"]["AlarmName"]
    rule = {"Fn::Sub": 'ALARM("${Errors}") OR ALARM("${Errors.Arn}")'}
    by_name = composite("named", 'ALARM("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:slow")')
    template = app(Errors=errors, Slow=alarm("slow"), Any=composite("any", rule), Named=by_name)  # type: ignore[arg-type] # a reference
    report = replay(template, timeline(errors="010", slow="001"))

    assert rings(report, "any") == [2]
    assert rings(report, "named") == [3]
    assert report.stacks[0].strangers == ()


def test_of_alarms_elsewhere_nothing_is_known() -> None:
    template = app(A=alarm("errors"), C=composite("c", 'ALARM("errors") OR ALARM("elsewhere")'))
    report = replay(template, timeline(errors="010"))

    assert rings(report, "c") == [2]
    assert report.stacks[0].strangers == ("elsewhere",)


def test_rules_that_lead_back_to_themselves_are_not_evaluated() -> None:
    template = app(A=alarm("errors"), C=composite("c", "ALARM(d)"), D=composite("d", "ALARM(c)"))
    report = replay(template, timeline(errors="010"))

    assert {(each.id, each.problem) for each in report.stacks[0].unreadable} == {
        ("C", "its rule leads into a circle"),
        ("D", "its rule leads into a circle"),
    }
    assert rings(report, "errors") == [2]


def test_what_no_circle_holds_up_is_evaluated_and_what_waits_for_one_is_not() -> None:
    template = app(
        A=alarm("errors"),
        Above=composite("above", "ALARM(plain)"),
        Plain=composite("plain", "ALARM(errors)"),
        C=composite("c", "ALARM(d)"),
        D=composite("d", "ALARM(c)"),
        Behind=composite("behind", "ALARM(errors) OR ALARM(c)"),
    )
    report = replay(template, timeline(errors="010"))

    assert {each.id for each in report.stacks[0].unreadable} == {"C", "D", "Behind"}
    assert rings(report, "above") == rings(report, "plain") == [2]


def test_actions_that_are_not_enabled_are_not_done() -> None:
    report = replay(app(A=alarm("errors", ActionsEnabled=False, **ACTIONS)), timeline(errors="0010"))

    assert told(report) == [(3, "ALARM", "disabled"), (4, "OK", "disabled")]


def suppressed(**metrics: str) -> Report:
    template = app(
        Errors=alarm("errors"),
        Deploys=alarm("deploys"),
        C=composite(
            "c",
            "ALARM(errors)",
            ActionsSuppressor="deploys",
            ActionsSuppressorWaitPeriod=120,
            ActionsSuppressorExtensionPeriod=180,
            **ACTIONS,
        ),
    )
    return replay(template, timeline(**metrics))


@pytest.mark.parametrize(
    ("errors", "deploys", "expected"),
    [
        # Nobody rings to suppress: the actions wait for two minutes.
        (
            "0001111100",
            "0000000000",
            [(4, "ALARM", "suppressed"), (6, "ALARM", "sent"), (9, "OK", "suppressed")],
        ),
        # The suppressor rings before: nothing is done while it does, nor three minutes longer.
        ("0001111111", "0111110000", [(4, "ALARM", "suppressed"), (10, "ALARM", "sent")]),
        # It rings within the wait, and the alarm recovers before the extension is over.
        ("0001110000", "0000111000", [(4, "ALARM", "suppressed"), (7, "OK", "suppressed")]),
        # Both last shorter than the wait: what is made up for is the state of that time.
        (
            "0001000000",
            "0000000000",
            [(4, "ALARM", "suppressed"), (5, "OK", "suppressed"), (7, "OK", "sent")],
        ),
    ],
)
def test_a_suppressor_withholds_actions_waits_and_extends(
    errors: str, deploys: str, expected: list[tuple[float, str, str]]
) -> None:
    assert told(suppressed(errors=errors, deploys=deploys), "c") == expected


@pytest.mark.parametrize(
    ("suppressor", "name"),
    [
        ("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:deploys", "deploys"),
        ({"Fn::GetAtt": ["Deploys", "Arn"]}, "deploys"),
        ({"Fn::GetAtt": ["Deploys", "Arn"]}, None),
        ({"Ref": "Deploys"}, None),
        (
            {"Fn::Sub": "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${Deploys}"},
            None,
        ),
    ],
)
def test_a_suppressor_is_known_by_its_name_and_its_arn(suppressor: Any, name: str | None) -> None:
    waits = {"ActionsSuppressorWaitPeriod": 0, "ActionsSuppressorExtensionPeriod": 0}
    silent = composite("c", "ALARM(errors)", ActionsSuppressor=suppressor, **waits, **ACTIONS)
    template = app(Errors=alarm("errors"), Deploys=alarm("deploys", AlarmName=name), C=silent)
    report = replay(template, timeline(errors="00110000", deploys="01111100"))

    assert told(report, "c") == [(3, "ALARM", "suppressed"), (5, "OK", "suppressed"), (7, "OK", "sent")]


def test_what_is_withheld_says_why() -> None:
    report = suppressed(errors="0001111111", deploys="0111110000")
    reasons = {each.reason for each in report.notifications if each.status == "suppressed"}

    assert "Deploys is in ALARM" in reasons


def muted(rule: dict[str, Any], errors: str) -> Report:
    return replay(app(A=alarm("errors", **ACTIONS), M=rule), timeline(errors=errors))


def test_a_mute_rule_withholds_actions_and_they_are_made_up_for() -> None:
    rule = mute(["errors"], at="2026-03-02T09:03", lasts="PT4M")
    report = muted(rule, "0001111110")

    assert told(report) == [(4, "ALARM", "muted"), (7, "ALARM", "sent"), (10, "OK", "sent")]
    (withheld,) = [each for each in report.notifications if each.status == "muted"]
    assert withheld.reason == "M mutes it until 2026-03-02T09:07:00+00:00"


def test_a_mute_rule_that_begins_or_expires_within_its_window_mutes_as_long_as_it_counts() -> None:
    expires = mute(["errors"], at="2026-03-02T09:03", lasts="PT9M", ExpireDate="2026-03-02T09:06")
    report = muted(expires, "0001111110")
    assert told(report) == [(4, "ALARM", "muted"), (6, "ALARM", "sent"), (10, "OK", "sent")]
    assert report.notifications[0].reason == "M mutes it until 2026-03-02T09:06:00+00:00"

    begins = mute(["errors"], at="2026-03-02T09:03", lasts="PT9M", StartDate="2026-03-02T09:06")
    assert told(muted(begins, "000111110000")) == [
        (4, "ALARM", "sent"),
        (9, "OK", "muted"),
        (12, "OK", "sent"),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        mute(["errors"], at="2026-03-02T09:03", lasts="PT4M", StartDate="2026-03-03T00:00"),
        mute(["errors"], at="2026-03-02T09:03", lasts="PT4M", ExpireDate="2026-03-01T00:00"),
        mute(["others"], at="2026-03-02T09:03", lasts="PT4M"),
        mute(["errors"], at="2026-03-02T10:03", lasts="PT4M"),
    ],
)
def test_a_mute_rule_elsewhere_or_at_another_time_withholds_nothing(rule: dict[str, Any]) -> None:
    assert told(muted(rule, "0001110")) == [(4, "ALARM", "sent"), (7, "OK", "sent")]


@pytest.mark.parametrize(
    "target",
    [{"Ref": "A"}, {"Fn::GetAtt": "A.Arn"}, "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors"],
)
def test_a_mute_rule_knows_an_alarm_by_its_reference_and_its_arn(target: Any) -> None:
    rule = mute([target], at="2026-03-02T09:03", lasts="PT4M")

    assert told(muted(rule, "0001110000"))[0] == (4, "ALARM", "muted")


def test_a_recurring_mute_rule_mutes_each_of_its_windows() -> None:
    rule = mute(["errors"], at="x", lasts="PT2M")
    rule["Properties"]["Rule"]["Schedule"]["Expression"] = "cron(3,10 9 * * *)"

    assert told(muted(rule, "000100000100000")) == [
        (4, "ALARM", "muted"),
        (5, "OK", "sent"),
        (10, "ALARM", "muted"),
        (11, "OK", "muted"),
        (12, "OK", "sent"),
    ]


def test_the_state_that_an_alarm_settles_to_first_is_told_only_where_it_is_alarm() -> None:
    template = app(A=alarm("errors", **ACTIONS), B=alarm("slow", **ACTIONS))
    report = replay(template, timeline(errors="0000", slow="1000"))

    found = [(each.alarm.name, minute(each.at), each.state) for each in report.notifications]
    assert found == [("slow", 1, "ALARM"), ("slow", 2, "OK")]


@pytest.mark.parametrize(
    "rule", ["NOT OK(queue)", "INSUFFICIENT_DATA(queue)", "ALARM(errors) OR INSUFFICIENT_DATA(queue)"]
)
def test_a_composite_does_not_ring_because_the_timeline_has_just_begun(rule: str) -> None:
    queue = alarm("queue", Period=300, TreatMissingData="missing", Statistic="Maximum")
    template = app(Errors=alarm("errors"), Queue=queue, C=composite("c", rule, **ACTIONS))
    calm = replay(template, timeline(errors="0" * 40, queue="0" * 40))
    silent = replay(template, timeline(errors="0" * 40, queue="-" * 40))

    assert rings(calm, "c") == []
    assert told(calm, "c") == []
    assert rings(silent, "c") == [15]  # after its first evaluation range: three periods of five minutes


def test_a_composite_rings_with_one_alarm_while_another_has_had_no_datapoint_yet() -> None:
    slow = alarm("slow", Period=3_600, TreatMissingData="missing")
    rule = "ALARM(errors) OR NOT OK(slow)"
    template = app(Errors=alarm("errors"), Slow=slow, C=composite("c", rule, **ACTIONS))
    report = replay(template, timeline(errors="00100000", slow="-" * 8))

    assert told(report, "c") == [(3, "ALARM", "sent"), (4, "OK", "sent")]
