"""Whatever fails, a saga undoes exactly what it began, in reverse, and says how it ended."""

import json
from collections.abc import Callable, Sequence, Sized

import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from constructs_lib.workflow import LAMBDA_TRANSIENT_ERRORS, Parallel, Retries, Saga, Step
from constructs_lib.workflow.steps import in_order
from tests.workflow.saga_world import ARN, EXECUTION, INPUT, LAMBDA_FAILURE, Faults, run, some_saga

Steps = Callable[[lambda_.IFunction], Sequence[Step | Parallel]]

BROKEN = ("Broken", None)


def three(function: lambda_.IFunction) -> list[Step]:
    """Two steps that can be undone, and one that cannot."""
    return [
        Step(name="reserve", function=function, compensation=function),
        Step(name="charge", function=function, compensation=function, transient_errors=["Busy"]),
        Step(name="complete", function=function),
    ]


def grouped(function: lambda_.IFunction) -> list[Step | Parallel]:
    """A step, a group, and a step."""
    one, two, last = (
        Step(name=name, function=function, compensation=function) for name in ("one", "two", "last")
    )
    free = Step(name="free", function=function)
    first = Step(name="first", function=function, compensation=function)
    return [first, Parallel(name="both", steps=[one, two, free]), last]


def test_every_step_is_done_in_order_and_nothing_is_undone() -> None:
    told = run(some_saga(three), Faults())

    assert told.done == ["reserve", "charge", "complete"]
    assert told.undone == []
    assert told.output == {
        "outcome": "completed",
        "results": {step: {"of": step} for step in told.done},
        "failed": {},
    }


def test_step_that_fails_is_undone_too_since_nobody_knows_how_far_it_came() -> None:
    told = run(some_saga(three), Faults(steps={"charge": BROKEN}))

    assert told.done == ["reserve", "charge"]
    assert told.undone == ["charge", "reserve"]


def test_step_whose_time_runs_out_is_undone_without_another_try() -> None:
    told = run(some_saga(three), Faults(steps={"charge": ("States.Timeout", None)}))

    assert told.tries("charge", "do") == 1
    assert told.undone == ["charge", "reserve"]


def test_step_without_a_compensation_is_passed_over() -> None:
    told = run(some_saga(three), Faults(steps={"complete": BROKEN}))

    assert told.done == ["reserve", "charge", "complete"]
    assert told.undone == ["charge", "reserve"]


def test_execution_that_was_compensated_fails_and_says_what_failed() -> None:
    told = run(some_saga(three), Faults(steps={"charge": BROKEN}))

    assert told.error == "Saga.Compensated"
    assert json.loads(told.cause) == {"charge": {"Error": "Broken", "Cause": "on purpose"}}


def test_execution_that_was_compensated_succeeds_where_that_is_wanted() -> None:
    told = run(some_saga(three, compensated_succeeds=True), Faults(steps={"charge": BROKEN}))

    assert told.error is None
    assert told.output["outcome"] == "compensated"
    assert set(told.output["failed"]) == {"charge"}


@pytest.mark.parametrize("error", [*LAMBDA_TRANSIENT_ERRORS, "Busy"])
def test_error_that_passes_is_tried_again_by_its_name(error: str) -> None:
    told = run(some_saga(three), Faults(steps={"charge": (error, 2)}))

    assert told.error is None
    assert told.tries("charge", "do") == 3


def test_transient_error_of_one_step_is_permanent_for_another() -> None:
    told = run(some_saga(three), Faults(steps={"reserve": ("Busy", 1)}))

    assert told.tries("reserve", "do") == 1
    assert told.error == "Saga.Compensated"


def test_tries_run_out_as_the_saga_says() -> None:
    told = run(
        some_saga(three, retries=Retries(max_attempts=3)), Faults(steps={"charge": (LAMBDA_FAILURE, None)})
    )

    assert told.tries("charge", "do") == 4
    assert told.undone == ["charge", "reserve"]


def test_every_try_and_the_compensation_have_the_same_idempotency_key() -> None:
    told = run(some_saga(three), Faults(steps={"charge": (LAMBDA_FAILURE, None)}))

    keys = {call["saga"]["idempotency_key"] for call in told.calls if call["saga"]["step"] == "charge"}
    assert keys == {f"{EXECUTION}:charge"}


def test_functions_get_the_input_and_the_results_so_far() -> None:
    told = run(some_saga(three), Faults(steps={"complete": BROKEN}))

    complete, undo = told.calls[2], told.calls[3]
    assert complete["input"] == undo["input"] == INPUT
    assert complete["results"] == {"reserve": {"of": "reserve"}, "charge": {"of": "charge"}}
    assert undo["saga"]["action"] == "undo"
    assert undo["results"]["charge"] == {"of": "charge"}


def test_compensation_that_fails_is_tried_again_then_parked_and_the_others_still_run() -> None:
    saga = some_saga(three, compensation_retries=Retries(max_attempts=2))
    told = run(saga, Faults(steps={"complete": BROKEN}, compensations=["charge"]))

    assert told.tries("charge", "undo") == 3
    assert told.undone == ["charge", "reserve"]
    assert told.error == "Saga.NotCompensated"
    assert "CannotUndo" in told.cause
    assert "Broken" in told.cause


def test_what_is_parked_is_all_that_it_takes_to_undo_it_by_hand() -> None:
    told = run(some_saga(three), Faults(steps={"complete": BROKEN}, compensations=["charge"]))

    (parked,) = told.parked
    (payload,) = {json.dumps(call) for call in told.calls if call["saga"] == parked["payload"]["saga"]}
    unresolved = {"charge": parked["error"]}
    assert parked["payload"] == json.loads(payload) | {"unresolved": unresolved}
    assert parked["function"] == ARN
    assert parked["error"] == {"Error": "CannotUndo", "Cause": "on purpose"}
    assert set(parked["failed"]) == {"complete"}


def test_who_undoes_an_earlier_step_knows_what_was_not_undone_before() -> None:
    told = run(some_saga(three), Faults(steps={"complete": BROKEN}, compensations=["charge"]))

    unresolved = {
        call["saga"]["step"]: set(call["unresolved"]) for call in told.calls if "unresolved" in call
    }
    assert (unresolved["charge"], unresolved["reserve"]) == (set(), {"charge"})


def test_compensations_go_on_when_nothing_can_be_parked() -> None:
    faults = Faults(steps={"complete": BROKEN}, compensations=["charge"], parking=True)
    told = run(some_saga(three, compensation_retries=Retries(max_attempts=1)), faults)

    assert told.undone == ["charge", "reserve"]
    assert told.error == "Saga.NotCompensated"


def test_every_branch_of_a_group_ends_before_any_is_undone() -> None:
    told = run(some_saga(grouped), Faults(steps={"one": BROKEN}))

    actions = [call["saga"]["action"] for call in told.calls]
    assert set(told.done) == {"first", "one", "two", "free"}
    assert actions == ["do"] * 4 + ["undo"] * 3
    assert set(told.undone[:2]) == {"one", "two"}
    assert told.undone[2:] == ["first"]


def test_compensations_of_a_group_get_the_results_of_its_branches() -> None:
    told = run(some_saga(grouped), Faults(steps={"one": BROKEN}))

    undo = next(call for call in told.calls if call["saga"]["action"] == "undo")
    assert undo["results"] == {name: {"of": name} for name in ("first", "two", "free")}


def test_several_branches_that_fail_are_all_named() -> None:
    told = run(some_saga(grouped), Faults(steps={"one": BROKEN, "free": BROKEN}))

    assert set(json.loads(told.cause)) == {"one", "free"}


def test_branch_that_cannot_be_undone_is_parked_and_the_others_are_undone() -> None:
    told = run(some_saga(grouped), Faults(steps={"last": BROKEN}, compensations=["two"]))

    assert told.undone[0] == "last"
    assert set(told.undone[1:3]) == {"one", "two"}
    assert told.undone[3] == "first"
    assert [each["payload"]["saga"]["step"] for each in told.parked] == ["two"]
    assert told.error == "Saga.NotCompensated"


def test_group_without_compensations_is_passed_over() -> None:
    def steps(function: lambda_.IFunction) -> list[Step | Parallel]:
        free = [Step(name=name, function=function) for name in ("one", "two")]
        return [Parallel(name="both", steps=free), Step(name="last", function=function)]

    told = run(some_saga(steps), Faults(steps={"last": BROKEN}))

    assert told.undone == []
    assert told.error == "Saga.Compensated"


def test_only_what_is_selected_of_a_result_is_kept() -> None:
    def steps(function: lambda_.IFunction) -> list[Step]:
        some = {"step": sfn.JsonPath.string_at("$.of")}
        return [
            Step(name="some", function=function, result_selector=some),
            Step(name="none", function=function, result_selector={}),
            Step(name="later", function=function, asynchronous=True),
        ]

    told = run(some_saga(steps), Faults())

    assert told.output["results"] == {"some": {"step": "some"}}


# Any saga at all

NAMES = [f"step{number}" for number in range(12)]


@st.composite
def shapes(draw: st.DrawFn) -> Steps:
    """Steps and groups of any kind."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    kinds = draw(
        st.lists(st.sampled_from(["undo", "free", "none", "later"]), min_size=sum(sizes), max_size=sum(sizes))
    )

    def made(function: lambda_.IFunction) -> list[Step | Parallel]:
        steps = [
            Step(
                name=name,
                function=function,
                compensation=function if kind in ("undo", "none") else None,
                asynchronous=kind == "later",
                result_selector={} if kind == "none" else None,
            )
            for name, kind in zip(NAMES, kinds, strict=False)
        ]
        found: list[Step | Parallel] = []
        for number, size in enumerate(sizes):
            some, steps = steps[:size], steps[size:]
            found.append(some[0] if size == 1 else Parallel(name=f"group{number}", steps=some))
        return found

    return made


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # each saga takes a second: shrinking would take minutes
)
@given(shape=shapes(), data=st.data())
def test_compensations_are_the_reverse_of_what_was_begun_whatever_fails(
    shape: Steps, data: st.DataObject
) -> None:
    seen: list[Sequence[Step | Parallel]] = []

    def keep(function: lambda_.IFunction) -> Sequence[Step | Parallel]:
        seen.append(shape(function))
        return seen[0]

    saga = some_saga(keep, compensation_retries=Retries(max_attempts=1))
    (elements,) = seen
    names = [step.name for step in in_order(elements)]
    several = [data.draw(st.sets(st.sampled_from(names)), label="fail") for _ in range(4)]
    for failing in [set(), *({name} for name in names), *several]:
        lasting = data.draw(st.sets(st.sampled_from(names)), label="cannot be undone")
        _check(elements, failing, lasting, saga=saga)


def _check(elements: Sequence[Step | Parallel], failing: set[str], lasting: set[str], *, saga: Saga) -> None:
    told = run(saga, Faults(steps=dict.fromkeys(failing, BROKEN), compensations=lasting))
    begun: list[list[Step]] = []
    for each in elements:
        begun.append(list(each.steps) if isinstance(each, Parallel) else [each])
        if {step.name for step in begun[-1]} & failing:
            break
    broken = any(step.name in failing for group in begun for step in group)

    assert _as_groups(told.done, begun) == [{step.name for step in group} for group in begun]
    expected = [{step.name for step in group if step.compensation is not None} for group in reversed(begun)]
    expected = [group for group in expected if group] if broken else []
    assert _as_groups(told.undone, expected) == expected
    assert sum(map(len, expected)) == len(told.undone)
    not_undone = lasting & set().union(*expected)
    assert {each["payload"]["saga"]["step"] for each in told.parked} == not_undone
    assert len(told.parked) == len(not_undone)
    if broken:
        assert told.error == ("Saga.NotCompensated" if not_undone else "Saga.Compensated")
    else:
        assert told.output["outcome"] == "completed"


def _as_groups(names: Sequence[str], groups: Sequence[Sized]) -> list[set[str]]:
    """`names` cut into sets as long as `groups` are: within one, the order is open."""
    left, found = list(names), []
    for group in groups:
        size = len(group)
        found.append(set(left[:size]))
        left = left[size:]
    return found
