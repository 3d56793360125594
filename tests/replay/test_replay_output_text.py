"""A replay's report as text."""

from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.console import Console

from constructs_lib.replay import Report
from constructs_lib.replay.output.histories import Interval
from constructs_lib.replay.output.strips import columns_of
from constructs_lib.replay.output.text import print_report
from constructs_lib.replay.output.words import clock, iso, length, receiver
from tests.replay.output_cases import NASTY, large_report, misspelt, small_report, small_template

GOLDEN = """\
Replay of 1d, 2026-03-02 00:00 to 2026-03-03 00:00 UTC
8 alarms: 4 rang, 3 quiet, 1 without data; 1 not evaluated
Notifications: 2 sent, 1 disabled, 1 suppressed

Anomaly bands are approximate: AWS does not publish how it trains them. Alarms
that rest on the stand-in are marked *.

Incidents
incident    from         lasts  detected by              told
────────────────────────────────────────────────────────────────────────────────
bad deploy  03-02 12:00  40m    Orders/Errors after 2m   on-call, Everyone after
                                and 3 more               2m
nobody saw  03-02 20:00  5m     no alarm                 nobody

Template
alarm                         03-02 00:00            rang  in ALARM        first
────────────────────────────────────────────────────────────────────────────────
Orders/Calm                   ··········A·········     1x       20m  03-02 12:02
Orders/Errors                 ··········A·········     1x       20m  03-02 12:02
Orders/Health                 ··········A·········     1x       20m  03-02 12:02
Orders/Off                    ··········A·········     1x       20m  03-02 12:02
Orders/                       ····················      -         -            -
<|script><script>alert('x')<
|script><b>[red]&"
Orders/Anomaly*               ····················      -         -            -
Orders/Silent                 ····················      -         -            -
A in ALARM, · OK, ? insufficient data

Template: without data, and what each waits for
Orders/Lost  ends in INSUFFICIENT_DATA
    Shop Lost

Template: not evaluated
alarm       why
─────────────────────────────────────────────────
Orders/Odd  its ComparisonOperator is 'LooksLike'

Template: rules name Elsewhere, of which this template tells nothing.

Notifications
at           what became of it  state  alarm          to, or why not
────────────────────────────────────────────────────────────────────────────────
03-02 12:02  sent               ALARM  Orders/Errors  on-call
03-02 12:02  disabled           ALARM  Orders/Off     its actions are not
                                                      enabled
03-02 12:02  sent               ALARM  Orders/Health  Everyone
03-02 12:02  suppressed         ALARM  Orders/Calm    Orders/Off is in ALARM

Assumed, since AWS does not publish it (--verbose tells more): evaluation range,
premature transitions.
"""


def printed(report: Report, *, width: int = 80, verbose: bool = False, encoding: str = "utf-8") -> str:
    file = TextIOWrapper(BytesIO(), encoding=encoding)
    console = Console(file=file, width=width, color_system=None, highlight=False)
    print_report(report, console, verbose=verbose)
    file.flush()
    file.seek(0)
    return "".join(f"{line.rstrip()}\n" for line in file.read().rstrip().splitlines())


def test_a_report_reads_like_this() -> None:
    report = small_report()
    assert printed(replace(report, assumptions=report.assumptions[:2])) == GOLDEN


@pytest.mark.parametrize("width", [80, 200])
def test_two_hundred_alarms_stay_within_the_width_a_row_each(width: int) -> None:
    text = printed(large_report(), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "200 alarms: 100 rang, 100 quiet" in text
    flat = "".join(line.partition(" ")[0] for line in text.splitlines())
    assert all(f"Department/Team{index:03}/CreateOrder" in flat for index in range(200))


def test_the_strip_takes_what_a_wide_terminal_gives() -> None:
    row = next(line for line in printed(small_report(), width=200).splitlines() if "Orders/Off " in line)
    assert row.count("·") + row.count("A") > 110
    assert "03-02 12:02" in row


def test_long_lists_of_notifications_are_cut_unless_asked_for() -> None:
    report = large_report()
    short, whole = printed(report), printed(report, verbose=True)
    assert "... and 60 more: --verbose shows all." in short
    assert "more: --verbose" not in whole
    assert whole.count(" sent ") == 100
    assert short.count(" sent ") == 40


def test_assumptions_are_told_in_full_when_asked_for() -> None:
    report = small_report()
    text = " ".join(printed(report, width=400, verbose=True).split())
    for each in report.assumptions:
        assert f"{each.name} {each.text} {each.reason} {each.source}" in text


def test_a_terminal_without_unicode_gets_ascii() -> None:
    text = printed(small_report(), encoding="ascii")
    assert "A in ALARM, . OK, ? insufficient data" in text
    assert "..........A........." in text


def test_names_are_no_markup() -> None:
    assert NASTY.replace("/", "|") in "".join(printed(small_report(), width=300).split("\n"))


def test_colours_say_nothing_that_signs_do_not() -> None:
    coloured = StringIO()
    print_report(
        small_report(), Console(file=coloured, width=80, force_terminal=True, color_system="standard")
    )
    assert "\x1b[1;31mA\x1b[0m" in coloured.getvalue()


def test_a_composite_alarm_on_an_anomaly_alarm_is_approximate_too() -> None:
    template = small_template()
    template["Resources"]["Health"]["Properties"]["AlarmRule"] = "ALARM(${Anomaly})"
    template["Resources"]["Calm"]["Properties"]["AlarmRule"] = "ALARM(${Health})"
    text = printed(small_report(template))
    assert "Orders/Health* " in text
    assert "Orders/Calm* " in text
    assert "Orders/Errors* " not in text


def test_without_anomaly_alarms_nothing_is_approximate() -> None:
    template = small_template()
    del template["Resources"]["Anomaly"]
    assert "approximate" not in printed(small_report(template))


def test_a_report_without_alarms_says_so() -> None:
    text = printed(small_report({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    assert "0 alarms: 0 rang, 0 quiet, 0 without data; 0 not evaluated" in text


def test_a_column_shows_alarm_however_short_and_else_its_last_state() -> None:
    intervals = [
        Interval(start=0, end=10, state="INSUFFICIENT_DATA"),
        Interval(start=10, end=51, state="OK"),
        Interval(start=51, end=52, state="ALARM"),
        Interval(start=52, end=100, state="OK"),
    ]
    shown = columns_of(intervals, 10)
    assert shown == ["INSUFFICIENT_DATA", *["OK"] * 4, "ALARM", *["OK"] * 4]
    assert columns_of(intervals, 1) == ["ALARM"]


def test_an_alarm_in_the_first_column_is_not_overwritten() -> None:
    intervals = [Interval(start=0, end=1, state="ALARM"), Interval(start=1, end=100, state="OK")]
    assert columns_of(intervals, 4) == ["ALARM", "OK", "OK", "OK"]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0s"), (59.6, "1m"), (3_660, "1h 1m"), (90_061, "1d 1h"), (86_400, "1d"), (3_605, "1h 5s")],
)
def test_lengths_have_their_two_largest_units(seconds: float, expected: str) -> None:
    assert length(seconds) == expected


def test_times_show_seconds_only_where_there_are_some() -> None:
    assert clock(1_772_409_600) == "03-02 00:00"
    assert clock(1_772_409_610) == "03-02 00:00:10"
    assert iso(1_772_409_610.5) == "2026-03-02T00:00:10.500000Z"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("arn:aws:sns:eu-west-1:111122223333:on-call", "on-call"),
        ("arn:aws:lambda:eu-west-1:111122223333:function:heal", "function:heal"),
        ("${Everyone.TopicArn}", "Everyone"),
        ("${Import:Shared}", "Import:Shared"),
    ],
)
def test_receivers_are_short(target: str, expected: str) -> None:
    assert receiver(target) == expected


def test_metrics_that_alarms_lack_and_those_that_none_reads_are_told() -> None:
    text = printed(misspelt(1), width=100)

    assert (
        "Template: without a part of their data, and what each lacks\nRate  ends in OK\n    Shop Orders\n"
        in text
    )
    assert (
        "In the timeline, and read by no alarm: is a name misspelt?\n  Errrors\n  Shop Shop=00: Order, Visit\n"
        in text
    )


def test_of_many_resources_that_no_alarm_reads_some_are_named() -> None:
    assert "  Shop Shop=08: Order, Visit\n  ... and of 3 more: --verbose shows all.\n" in printed(
        misspelt(12)
    )
    assert "  Shop Shop=11: Order, Visit\n" in printed(misspelt(12), verbose=True)


def test_a_verdict_on_a_stand_in_for_a_band_says_so() -> None:
    report = small_report()

    assert report.rang("Orders/Anomaly").text == "Orders/Anomaly: it never rang; its band is approximate"
    assert "approximate" not in report.rang("Orders/Errors").text
