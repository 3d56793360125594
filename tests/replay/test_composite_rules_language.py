"""The rules of composite alarms, over alarms in every state."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.alarms.combined.alarm_rules import Child, rule
from constructs_lib.replay.expressions.rules import ExpressionError, parse_rule

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
ARN = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:rings: too"
KNOWN = {"rings": "ALARM", "rings: too": "ALARM", "is-well": "OK", "knows.nothing": "INSUFFICIENT_DATA"}


def over(states: Mapping[str, str]) -> Callable[[str], str]:
    return lambda name: states[name]


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
@pytest.mark.parametrize(
    ("text", "names", "holds"),
    [
        (
            "ALARM(CPUUtilizationTooHigh) AND ALARM(DiskReadOpsTooHigh)",
            "CPUUtilizationTooHigh DiskReadOpsTooHigh",
            lambda a, b: a == "ALARM" and b == "ALARM",
        ),
        (
            "AT_LEAST(2, ALARM, (WebServer1CPU, WebServer2CPU, WebServer3CPU, WebServer4CPU))",
            "WebServer1CPU WebServer2CPU WebServer3CPU WebServer4CPU",
            lambda *states: states.count("ALARM") >= 2,
        ),
        (
            "AT_LEAST(50%, OK, (DatabaseConnection1, DatabaseConnection2, DatabaseConnection3, DatabaseConnection4))",
            "DatabaseConnection1 DatabaseConnection2 DatabaseConnection3 DatabaseConnection4",
            lambda *states: states.count("OK") >= 2,
        ),
        (
            "ALARM(CPUUtilizationTooHigh) AND NOT ALARM(DeploymentInProgress)",
            "CPUUtilizationTooHigh DeploymentInProgress",
            lambda a, b: a == "ALARM" and b != "ALARM",
        ),
        (
            "AT_LEAST(2, ALARM, (AZ1Health, AZ2Health, AZ3Health)) AND NOT ALARM(MaintenanceWindow)",
            "AZ1Health AZ2Health AZ3Health MaintenanceWindow",
            lambda *states: states[:3].count("ALARM") >= 2 and states[3] != "ALARM",
        ),
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
        (
            '(ALARM("CPUUtilizationTooHigh") OR \nALARM("DiskReadOpsTooHigh")) AND \nOK("NetworkOutTooHigh")',
            "CPUUtilizationTooHigh DiskReadOpsTooHigh NetworkOutTooHigh",
            lambda a, b, c: "ALARM" in (a, b) and c == "OK",
        ),
    ],
)
def test_documented_example_in_every_combination_of_states(
    text: str, names: str, holds: Callable[..., bool]
) -> None:
    found = parse_rule(text)

    assert found.alarms == tuple(names.split())
    for states in product(STATES, repeat=len(found.alarms)):
        assert found.holds(over(dict(zip(found.alarms, states, strict=True)))) == holds(*states)


@pytest.mark.parametrize(
    "text",
    [
        "ALARM(rings)",
        'ALARM ( "rings" )',
        f"ALARM({ARN.replace(': too', '')})",
        f'ALARM("{ARN}")',
        "OK(is-well)",
        "INSUFFICIENT_DATA(knows.nothing)",
        "NOT ALARM(is-well)",
        "NOT OK(knows.nothing)",
        "NOT NOT ALARM(rings)",
        "TRUE",
        "NOT FALSE",
        "((((TRUE))))",
        "ALARM(rings)AND(TRUE)",
        "TRUE OR TRUE AND FALSE",
        "FALSE AND TRUE OR TRUE",
        "NOT FALSE OR TRUE",
        "NOT FALSE AND TRUE",
        'AT_LEAST(2, ALARM, (rings, "rings: too", is-well))',
        'AT_LEAST(50%, ALARM, (rings, "rings: too", is-well, knows.nothing))',
        "AT_LEAST(33.3%, ALARM, (rings, is-well, knows.nothing))",
        "AT_LEAST(1, NOT ALARM, (rings, is-well))",
        "AT_LEAST(100%, NOT OK, (rings, knows.nothing))",
        "AT_LEAST(2, NOT INSUFFICIENT_DATA, (rings, is-well, knows.nothing))",
        "AT_LEAST(2, ALARM, (rings, rings))",
        "AT_LEAST(0, ALARM, (is-well))",
    ],
)
def test_rule_holds(text: str) -> None:
    assert parse_rule(text).holds(over(KNOWN))


@pytest.mark.parametrize(
    "text",
    [
        "FALSE",
        "ALARM(is-well)",
        "OK(rings)",
        "NOT ALARM(rings)",
        "(TRUE OR TRUE) AND FALSE",
        "NOT (FALSE OR TRUE)",
        'AT_LEAST(3, ALARM, (rings, "rings: too", is-well))',
        "AT_LEAST(51%, ALARM, (rings, is-well))",
        "AT_LEAST(33.4%, ALARM, (rings, is-well, knows.nothing))",
        "AT_LEAST(1, NOT ALARM, (rings))",
        "AT_LEAST(9, ALARM, (rings))",
        "AT_LEAST(100%, OK, (rings, is-well))",
    ],
)
def test_rule_does_not_hold(text: str) -> None:
    assert not parse_rule(text).holds(over(KNOWN))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ALARM(AND)", "AND"),
        ("ALARM(TRUE)", "TRUE"),
        ("ALARM(ALARM)", "ALARM"),
        ("AT_LEAST(1, NOT OK, (NOT))", "NOT"),
        ('ALARM("a, (b) c")', "a, (b) c"),
        (r'ALARM("say \"b\"")', 'say "b"'),
        (r'ALARM("C:\logs")', r"C:\logs"),
        ('ALARM("50%")', "50%"),
        ('ALARM("${Errors}")', "${Errors}"),
        ("ALARM(${Errors.Arn})", "${Errors.Arn}"),
        ('ALARM("zu spät ⏰")', "zu spät ⏰"),
        ("ALARM(arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:a:b)", "a:b"),
        ("ALARM(arn:aws:sns:us-east-1:111122223333:alarm)", "arn:aws:sns:us-east-1:111122223333:alarm"),
    ],
)
def test_names_may_be_anything(text: str, name: str) -> None:
    assert parse_rule(text).alarms == (name,)


def test_alarms_are_named_once_and_in_order() -> None:
    text = f'OK(c) AND (ALARM(b) OR AT_LEAST(1, NOT ALARM, (a, "b", "{ARN}"))) AND NOT INSUFFICIENT_DATA(c)'

    assert parse_rule(text).alarms == ("c", "b", "a", "rings: too")
    assert parse_rule(text) is parse_rule(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NOT", "the text ends too early, at character 4 of 'NOT'."),
        ("TRUE)", "unexpected ')', at character 5 of 'TRUE)'."),
        ("ALARM()", "unexpected ')', at character 7 of 'ALARM()'."),
        ("ALARM(a b)", "unexpected 'b', at character 9 of 'ALARM(a b)'."),
        ("ALARM(a,b)", "unexpected ',', at character 8 of 'ALARM(a,b)'."),
        ("ALARM(a) ALARM(b)", "unexpected 'ALARM', at character 10 of 'ALARM(a) ALARM(b)'."),
        ("ALARM(a) and ALARM(b)", "unexpected 'and', at character 10 of 'ALARM(a) and ALARM(b)'."),
        ("ALARMED(a)", "unexpected 'ALARMED', at character 1 of 'ALARMED(a)'."),
        ('ALARM("a', "unexpected '\"', at character 7 of 'ALARM(\"a'."),
        ("NOTALARM(a)", "unexpected 'NOTALARM', at character 1 of 'NOTALARM(a)'."),
        ("AT_LEAST(2.5, ALARM, (a))", "unexpected '.5', at character 11 of 'AT_LEAST(2.5, ALARM, (a))'."),
        ("AT_LEAST(-1, ALARM, (a))", "unexpected '-1', at character 10 of 'AT_LEAST(-1, ALARM, (a))'."),
        ("AT_LEAST(1, ALARM, ())", "unexpected ')', at character 21 of 'AT_LEAST(1, ALARM, ())'."),
        ("AT_LEAST(1, TRUE, (a))", "unexpected 'TRUE', at character 13 of 'AT_LEAST(1, TRUE, (a))'."),
        ("AT_LEAST(1, ALARM, a)", "unexpected 'a', at character 20 of 'AT_LEAST(1, ALARM, a)'."),
    ],
)
def test_it_is_no_rule(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_rule(text)

    assert str(raised.value) == message


@pytest.mark.parametrize("nothing", ["", "\t", None, {"Fn::Sub": "ALARM(a)"}])
def test_it_is_no_text(nothing: Any) -> None:
    with pytest.raises(
        ExpressionError, match=r"^a rule of a composite alarm has to be a text, and not an empty one\.$"
    ):
        parse_rule(nothing)


@pytest.mark.parametrize(
    "text",
    ["NOT " * 20_000 + "TRUE", "(" * 20_000 + "TRUE" + ")" * 20_000, "FALSE OR " * 20_000 + "TRUE"],
)
def test_depth_is_no_limit(text: str) -> None:
    assert parse_rule(text).holds(over({}))


def test_any_number_has_a_meaning() -> None:
    assert not parse_rule(f"AT_LEAST({'9' * 6_000}, ALARM, (rings))").holds(over(KNOWN))
    assert not parse_rule(f"AT_LEAST({'9' * 6_000}%, ALARM, (rings))").holds(over(KNOWN))


@st.composite
def rules(draw: st.DrawFn, depth: int = 4) -> tuple[str, int, Callable[[Mapping[str, str]], bool]]:
    """A rule with no parentheses but those that it needs, how tightly it binds, and what it means."""
    kind = (
        draw(st.sampled_from(("either", "both", "either", "both", "not", "leaf", "at_least", "constant")))
        if depth
        else "leaf"
    )
    name = draw(st.sampled_from("abcd"))
    state = draw(st.sampled_from(STATES))
    quoted = draw(st.sampled_from((name, f'"{name}"', f"{ARN[: ARN.rindex(':alarm:')]}:alarm:{name}")))
    match kind:
        case "constant":
            return ("TRUE", 3, lambda _: True) if draw(st.booleans()) else ("FALSE", 3, lambda _: False)
        case "leaf":
            return f"{state}({quoted})", 3, lambda states: states[name] == state
        case "at_least":
            names = draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4))
            least, percent, opposite = draw(st.integers(0, 5)), draw(st.booleans()), draw(st.booleans())
            amount = f"{least * 20}%" if percent else str(least)
            need = least * 20 * len(names) if percent else least * 100
            return (
                f"AT_LEAST({amount}, {'NOT ' * opposite}{state}, ({', '.join(names)}))",
                3,
                lambda states: 100 * len([n for n in names if (states[n] == state) is not opposite]) >= need,
            )
        case "not":
            text, tightness, means = draw(rules(depth=depth - 1))
            return f"NOT {text if tightness >= 2 else f'({text})'}", 2, lambda states: not means(states)
    own = 0 if kind == "either" else 1
    (left, left_binds, one), (right, right_binds, other) = (
        draw(rules(depth=depth - 1)),
        draw(rules(depth=depth - 1)),
    )
    left = left if left_binds >= own else f"({left})"
    right = right if right_binds > own else f"({right})"
    if kind == "either":
        return f"{left} OR {right}", own, lambda states: one(states) or other(states)
    return f"{left} AND {right}", own, lambda states: one(states) and other(states)


@given(rules())
def test_rules_mean_what_an_independent_reading_says(
    made: tuple[str, int, Callable[[Mapping[str, str]], bool]],
) -> None:
    text, _, means = made
    found = parse_rule(text)

    for states in product(STATES, repeat=4):
        known = dict(zip("abcd", states, strict=True))
        assert found.holds(over(known)) == means(known), text


@given(
    st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=6, unique=True),
    st.one_of(st.sampled_from(("any", "all")), st.integers(1, 7)),
    st.integers(0, 6),
)
def test_rules_that_this_library_writes_hold_when_they_should(
    names: list[str], condition: Any, ringing: int
) -> None:
    plain = [name.replace("\\", "/") for name in names]
    states = {name: "ALARM" if place < ringing else "OK" for place, name in enumerate(plain)}
    found = parse_rule(rule([Child.named(name) for name in plain], condition))
    needed = {"any": 1, "all": len(plain)}.get(condition, condition)

    rings = list(map(states.get, plain)).count("ALARM")
    assert found.alarms == tuple(dict.fromkeys(plain))
    assert found.holds(over(states)) == (rings >= needed)


def problem_with(text: str) -> str:
    """What an error says of a text; nothing where there is none."""
    try:
        parse_rule(text).holds(lambda _: "OK")
    except ExpressionError as error:
        return str(error)
    return ""


@given(st.text(max_size=80) | st.text(alphabet='ALRMOKNTDE_S12%(),." \\', max_size=80))
def test_any_text_is_a_rule_or_an_error_in_one_line(text: str) -> None:
    assert "\n" not in problem_with(text)


@given(rules(), st.integers(0, 80), st.text(max_size=3))
def test_a_rule_that_was_damaged_is_a_rule_or_an_error_in_one_line(
    made: tuple[str, int, Callable[[Mapping[str, str]], bool]], place: int, text: str
) -> None:
    assert "\n" not in problem_with(made[0][:place] + text + made[0][place + 1 :])


def flat(text: Any) -> str:
    """A text of a template, with placeholders for what is known only at deployment."""
    match text:
        case str():
            return text
        case {"Fn::Join": [str(between), [*parts]]}:
            return between.join(map(flat, parts))
        case {"Fn::Sub": str(template)} | {"Fn::Sub": [str(template), _]}:
            return template
    return "${Known.Later}"


def written_rules(part: Any) -> Iterator[str]:
    """Those of the composite alarms of a template."""
    if isinstance(part, dict):
        if part.get("Type") == "AWS::CloudWatch::CompositeAlarm":
            yield flat(part["Properties"]["AlarmRule"])
        for each in part.values():
            yield from written_rules(each)


def test_every_composite_alarm_of_the_snapshots_can_be_read() -> None:
    paths = Path(__file__).parent.parent.rglob("__snapshots__/**/*.json")
    found = {text for path in paths for text in written_rules(json.loads(path.read_text()))}

    assert found
    for text in found:
        assert parse_rule(text).alarms, text
