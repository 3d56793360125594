"""The command without a cloud: what it reads and says, how it ends, and what becomes of Ctrl-C."""

import argparse
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)
from botocore.stub import Stubber
from redrive.model import Action, Letter, Outcome, Route
from rich.console import Console

from constructs_lib.dead_letters.command import redrive_queue
from constructs_lib.dead_letters.command.failing import CommandError, ExitCode, in_a_line
from constructs_lib.dead_letters.command.groups import grouped, print_groups
from constructs_lib.dead_letters.command.queues import Known, queue_name
from constructs_lib.dead_letters.command.results import Results, print_results
from constructs_lib.dead_letters.command.resuming import resuming
from constructs_lib.dead_letters.command.seen import Seen, see
from constructs_lib.dead_letters.command.stopping import told_to_stop
from constructs_lib.dead_letters.command.surroundings import Surroundings
from constructs_lib.dead_letters.command.texts import counted, duration, length, shortened, stamp
from tests.dead_letters.dead_letter_commands import World

ROOT = Path(__file__).parent.parent.parent
NOWHERE = {
    "PATH": os.environ["PATH"],
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
ARN = "arn:aws:sqs:eu-west-1:111122223333:dead"
URL = "https://sqs.eu-west-1.amazonaws.com/111122223333/dead"
NOW = 1_000_000.0


def started(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which prints at its end what CDK it imported."""
    script = (
        f"import atexit, runpy, sys; sys.argv[1:] = {list(words)!r}\n"
        'loaded = lambda: sys.stderr.write(f\'loaded {sorted({"aws_cdk", "jsii"} & set(sys.modules))}\')\n'
        "atexit.register(loaded)\n"
        "runpy.run_module('constructs_lib.dead_letters', run_name='__main__', alter_sys=True)"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**NOWHERE, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "words", [("--help",), *((command, "--help") for command in ("inspect", "redrive", "purge"))]
)
def test_help_needs_neither_cdk_nor_node(words: tuple[str, ...]) -> None:
    ended = started(*words)
    assert ended.returncode == 0
    assert "usage: python -m constructs_lib.dead_letters" in ended.stdout
    assert ended.stderr == "loaded []"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}, "There are no credentials of AWS"),
        ({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, "No Region is known: give --region."),
    ],
)
def test_what_is_missing_is_said_in_a_line(environment: dict[str, str], said: str) -> None:
    ended = started("inspect", "--queue", "dead", **environment)
    assert ended.returncode == ExitCode.REFUSED
    assert said in ended.stdout
    assert "Traceback" not in ended.stderr


def test_json_says_the_same_as_a_document() -> None:
    ended = started("purge", "--queue", "dead", "--json", AWS_DEFAULT_REGION="us-east-1")
    assert json.loads(ended.stdout) == {
        "error": "There are no credentials of AWS: log in, or give --profile.",
        "code": 2,
    }
    assert "There are no credentials" in ended.stderr


def refused(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ReceiveMessage")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            refused("AccessDenied", "not for you."),
            "Access denied: not for you. Have this allowed, and start again.",
        ),
        (refused("InternalError", "sorry"), "ReceiveMessage failed with InternalError: sorry."),
        (NoCredentialsError(), "There are no credentials of AWS: log in, or give --profile."),
        (NoRegionError(), "No Region is known: give --region."),
        (ProfileNotFound(profile="x"), "The config profile (x) could not be found: give one that is in your"),
        (EndpointConnectionError(endpoint_url="http://x"), 'endpoint URL: "http://x" Check --region and'),
    ],
)
def test_errors_of_aws_are_said_in_a_line(error: Any, line: str) -> None:
    assert line in in_a_line(error)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1_800), ("6h", 21_600), ("2d", 172_800)])
def test_durations_are_read(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "1", "1w", "-5m", "1.5h", "h"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(CommandError, match="is no duration: give one such as 90s, 30m, 6h or 2d"):
        duration(text)


def test_numbers_and_times_are_written_for_people() -> None:
    assert [length(each) for each in (0.4, 59, 3_599, 7_200, 200_000)] == [
        "0 s",
        "59 s",
        "60 min",
        "2 h",
        "2 d",
    ]
    assert stamp(0) == "1970-01-01T00:00:00Z"
    assert (counted(1), counted(2_000)) == ("1 message", "2,000 messages")
    assert shortened("a\n b", 10) == "a b"
    assert shortened("x" * 20, 10) == "xxxxxxx..."


def letter(number: int, body: str = "{}", **attributes: str) -> Letter:
    return Letter(
        message_id=f"m-{number}",
        receipt="r",
        body=body,
        attributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
        system={"SentTimestamp": str(int((NOW - 100) * 1000))},
    )


def seen(number: int, *, age: float, error: str = "Timeout", function: str = "f") -> Seen:
    return Seen(
        letter=letter(number, body=f"[bold]body {number}"),
        error_type=error,
        message=f"message {number}",
        function=function,
        failed_at=NOW - age,
    )


def test_groups_count_by_error_function_and_age_the_largest_first() -> None:
    messages = [
        seen(1, age=10, error="Rare"),
        seen(2, age=10),
        seen(3, age=3_600),
        seen(4, age=90_000),
        seen(5, age=-5, function="g"),
    ]
    groups = grouped(messages, NOW, samples=2)
    assert [(each.error_type, each.function, each.count) for each in groups] == [
        ("Timeout", "f", 3),
        ("Rare", "f", 1),
        ("Timeout", "g", 1),
    ]
    assert groups[0].ages == [1, 1, 1]
    assert (groups[0].oldest, groups[0].newest) == (90_000, 10)
    assert [each.letter.message_id for each in groups[0].samples] == ["m-2", "m-3"]
    assert groups[2].newest == 0, "a clock that is late makes no age negative"


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def a_console(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=120, highlight=False, force_terminal=terminal, no_color=True)


def test_what_messages_say_is_shown_as_it_is_and_short() -> None:
    console = a_console()
    groups = grouped([seen(1, age=60, function="arn:aws:lambda:r:1:function:orders:live")], NOW, samples=1)
    print_groups(console, groups, NOW, origin="function")
    assert "orders:live" in said(console)
    assert "arn:aws" not in said(console)
    assert "[bold]body 1" in said(console), "no message is taken for markup"
    assert "m-1, 1 min ago" in said(console)


def known(**options: Any) -> Known:
    return Known(**({"url": URL, "arn": ARN, "settings": {"written_by": "asynchronous"}} | options))


def test_a_parked_message_says_where_it_comes_from_and_why() -> None:
    detail = json.dumps(
        {"reason": "it failed 3 times", "attempts": 3, "error_type": "Timeout", "origin": ARN}
    )
    found = see(letter(1, Redrive=detail), known(parking=URL))
    assert (found.error_type, found.function, found.attempts) == ("Timeout", "dead", 3)
    assert found.message == "it failed 3 times"
    for lost in (letter(1), letter(1, Redrive="no JSON"), letter(1, Redrive="[]")):
        found = see(lost, known(parking=URL))
        assert (found.error_type, found.function, found.attempts) == ("unknown", "", None)


def test_a_queue_keeps_its_settings_unless_arguments_say_otherwise() -> None:
    settings = {"written_by": "rule", "rate_per_second": 7, "started_by": "schedule", "max_attempts": 9}
    route = known(settings=settings).route({"rate_per_second": 2})
    assert (route.rate_per_second, route.max_attempts) == (2, 9)
    assert (route.started_by, route.queue_url, route.queue_arn) == ("hand", URL, ARN)
    assert queue_name(ARN) == "dead"


@pytest.mark.parametrize(
    ("settings", "changes", "message"),
    [
        (
            {},
            {},
            "dead has no tag constructs_lib:redrive that says who writes its messages: give --written-by",
        ),
        ({"written_by": "queue"}, {"error_types": ["A"]}, "dead cannot be re-driven like this: error_types"),
        ({"written_by": "topic"}, {}, "dead cannot be re-driven like this: The route has no function"),
        ({"written_by": "rule"}, {"rate_per_second": 501}, "rate_per_second is 501: give a whole number"),
        (
            {"written_by": "rule"},
            {"minimum_age_seconds": 60, "maximum_age_seconds": 30},
            "nothing is left between",
        ),
    ],
)
def test_what_cannot_be_redriven_is_refused(
    settings: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(CommandError) as raised:
        known(settings=settings).route(changes)
    assert message in str(raised.value)
    assert raised.value.code == ExitCode.REFUSED


def results(console: Console, **options: Any) -> Results:
    return Results(console, known(), Route.from_json({**known().route(options).to_json()}), there=4)


def test_results_are_shown_by_error_with_the_reasons() -> None:
    console = a_console()
    with results(console) as found:
        for number, (error, outcome, reason) in enumerate(
            [
                ("Timeout", Outcome.REDRIVEN, ""),
                ("Timeout", Outcome.FAILED, "Timeout: [still] down"),
                ("Timeout", Outcome.FAILED, "Timeout: [still] down"),
                ("Bad", Outcome.PARKED, "it is no JSON"),
            ]
        ):
            found(Action(message_id=str(number), outcome=outcome, reason=reason, error_type=error))
    print_results(console, found)
    text = said(console)
    rows = [line.split() for line in text.splitlines() if line.strip().startswith(("Timeout", "Bad"))]
    assert rows == [["Bad", "-", "-", "1"], ["Timeout", "1", "2", "-"]]
    assert "2 messages failed: Timeout: [still] down" in text
    assert "1 message parked: it is no JSON" in text
    assert found.seen == 4
    assert not found.complete
    assert found.to_json()["by_error"] == [
        {"error_type": "Bad", "outcome": "parked", "messages": 1},
        {"error_type": "Timeout", "outcome": "failed", "messages": 2},
        {"error_type": "Timeout", "outcome": "redriven", "messages": 1},
    ]


@pytest.mark.parametrize(
    ("outcome", "dry_run", "complete"),
    [
        (Outcome.REDRIVEN, False, True),
        (Outcome.SETTLED, False, True),
        (Outcome.SKIPPED, False, True),
        (Outcome.FAILED, False, False),
        (Outcome.PARKED, False, False),
        (Outcome.POSTPONED, False, False),
        (Outcome.PARKED, True, True),
    ],
)
def test_the_exit_code_says_whether_all_went_where_it_should(
    outcome: Outcome,
    dry_run: bool,  # noqa: FBT001 - a parameter
    complete: bool,  # noqa: FBT001 - likewise
) -> None:
    with results(a_console(), dry_run=dry_run) as found:
        found(Action(message_id="1", outcome=outcome))
    assert found.complete is complete
    found.report.stopped = "the time was over"
    assert not found.complete


def test_at_a_terminal_a_bar_shows_how_far_it_is() -> None:
    console = a_console(terminal=True)
    with results(console) as found:
        for number in range(3):
            found(Action(message_id=str(number), outcome=Outcome.REDRIVEN))
    assert "3/4" in said(console)
    assert "Re-driving dead" in said(console)


def test_the_same_command_is_told_to_go_on_with() -> None:
    parser = argparse.ArgumentParser()
    redrive_queue.add_arguments(parser)
    words = ["--queue", URL, "--rate", "7", "--error-type", "A B", "--error-type", "C", "--older-than", "5m"]
    text = resuming(parser.parse_args([*words, "--yes"]))
    assert text == (
        f"python -m constructs_lib.dead_letters redrive --queue {URL} --rate 7 --error-type 'A B' --error-type C "
        "--older-than 5m --yes"
    )


def test_every_argument_of_redrive_is_in_the_command_to_go_on_with() -> None:
    parser = argparse.ArgumentParser()
    redrive_queue.add_arguments(parser)
    given = {each.dest: each for each in parser._actions if each.dest != "help"}
    words: list[str] = []
    for action in given.values():
        words.append(action.option_strings[0])
        if action.nargs != 0:
            words.append("rule" if action.dest == "written_by" else "7")
    assert parser.parse_args(words) == parser.parse_args(resuming(parser.parse_args(words)).split()[4:])


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as Python has it; a process that was started in the background ignores it."""
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, inherited)


@pytest.mark.usefixtures("interruptible")
def test_the_first_interrupt_is_a_wish_and_the_second_breaks_off() -> None:
    before = signal.getsignal(signal.SIGINT)
    with told_to_stop() as stopped:
        assert not stopped()
        signal.raise_signal(signal.SIGINT)
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("answer", "flag", "message"),
    [
        (None, False, "Nobody is at a terminal to say yes: give --yes"),
        ("no", False, "Nothing was done."),
        ("", False, "Nothing was done."),
        ("YES", False, "Nothing was done."),
    ],
)
def test_without_a_yes_nothing_is_done(answer: str | None, flag: bool, message: str) -> None:  # noqa: FBT001 - a parameter
    world = World(Stubbed(), answer=answer)
    with pytest.raises(CommandError, match=message):
        world._surroundings().confirm("Sure? ", "yes", flag=flag)


def test_a_terminal_that_is_closed_is_no_yes() -> None:
    def ask(_question: str) -> str:
        raise EOFError

    surroundings = Surroundings(
        connect=boto3.client,
        now=lambda: NOW,
        sleep=lambda _: None,
        ask=ask,
        write=lambda _: None,
        stopping=told_to_stop,
    )
    with pytest.raises(CommandError, match=r"Nothing was done\."):
        surroundings.confirm("Sure? ", "yes", flag=False)


def test_the_region_of_an_arn_is_asked() -> None:
    options = argparse.Namespace(queue=ARN, region=None, profile=None)
    sqs = Surroundings.real(options, a_console()).connect("sqs")
    assert sqs.meta.region_name == "eu-west-1"
    options = argparse.Namespace(queue=ARN, region="us-east-1", profile=None)
    assert Surroundings.real(options, a_console()).connect("sqs").meta.region_name == "us-east-1"


class Stubbed:
    """Clients that answer as told; the model of boto3 checks what is asked and answered."""

    def __init__(self) -> None:
        self.clients: dict[str, tuple[Any, Stubber]] = {}

    def __call__(self, service: str) -> Any:
        return self.of(service)[0]

    def of(self, service: str) -> tuple[Any, Stubber]:
        if service not in self.clients:
            client = boto3.client(  # type: ignore[call-overload] # any service
                service,
                region_name="eu-west-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",  # noqa: S106 - nothing is called
            )
            stubber = Stubber(client)
            stubber.activate()
            self.clients[service] = client, stubber
        return self.clients[service]

    def found(self, tags: dict[str, str], answers: dict[str, Any] | None = None) -> "Stubbed":
        """A queue with `tags`, and what the parameter says."""
        _, sqs = self.of("sqs")
        sqs.add_response("get_queue_attributes", {"Attributes": {"QueueArn": ARN}})
        sqs.add_response("list_queue_tags", {"Tags": tags})
        if answers is not None:
            value = {"Parameter": {"Value": json.dumps(answers)}}
            self.of("ssm")[1].add_response("get_parameter", value, {"Name": tags["constructs_lib:redrive"]})
        return self


def test_of_a_queue_whose_stack_is_gone_the_arguments_say_the_rest() -> None:
    stubbed = Stubbed().found({"constructs_lib:redrive": "/constructs_lib/redrive/Gone/c8"})
    stubbed.of("ssm")[1].add_client_error("get_parameter", "ParameterNotFound")
    with pytest.raises(CommandError, match="give --written-by"):
        World(stubbed).run("inspect", "--queue", URL)


def test_what_may_not_be_read_is_no_missing_queue() -> None:
    stubbed = Stubbed()
    stubbed.of("sqs")[1].add_client_error("get_queue_url", "AccessDenied", "not for you")
    with pytest.raises(ClientError, match="not for you"):
        World(stubbed).run("inspect", "--queue", "dead")


@pytest.mark.parametrize("words", [("--limit", "0"), ("--samples", "-1")])
def test_limits_out_of_range_are_refused_before_anything_is_received(words: tuple[str, ...]) -> None:
    route = {"written_by": "asynchronous"}
    stubbed = Stubbed().found({"constructs_lib:redrive": "/p"}, {"route": route})
    with pytest.raises(CommandError, match="--limit has to be 1 or more, and --samples 0 or more"):
        World(stubbed).run("inspect", "--queue", URL, *words)


def test_what_is_looked_at_is_given_back_whatever_happens() -> None:
    stubbed = Stubbed().found({"constructs_lib:redrive": "/p"}, {"route": {"written_by": "asynchronous"}})
    _, sqs = stubbed.of("sqs")
    sqs.add_response("get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "1"}})
    sqs.add_response(
        "receive_message", {"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": "{}"}]}
    )
    sqs.add_client_error("receive_message", "InternalError")
    sqs.add_response(
        "change_message_visibility_batch",
        {"Successful": [{"Id": "0"}], "Failed": []},
        {"QueueUrl": URL, "Entries": [{"Id": "0", "ReceiptHandle": "r", "VisibilityTimeout": 0}]},
    )
    with pytest.raises(ClientError, match="InternalError"):
        World(stubbed).run("inspect", "--queue", URL)
    sqs.assert_no_pending_responses()


def test_an_empty_queue_is_said_to_be_and_one_that_others_hold_too() -> None:
    for count, text in (
        ("0", "There is nothing to see in dead."),
        ("5", "SQS counts about 5, which somebody else has received"),
    ):
        stubbed = Stubbed().found({"constructs_lib:redrive": "/p"}, {"route": {"written_by": "asynchronous"}})
        _, sqs = stubbed.of("sqs")
        sqs.add_response(
            "get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessagesNotVisible": count}}
        )
        sqs.add_response("receive_message", {})
        world = World(stubbed)
        assert world.run("inspect", "--queue", URL) == ExitCode.DONE
        assert text in world.text


def test_a_purge_that_fails_on_the_way_says_how_far_it_came(tmp_path: Path) -> None:
    stubbed = Stubbed().found({"constructs_lib:redrive": "/p"}, {"route": {"written_by": "queue"}})
    _, sqs = stubbed.of("sqs")
    messages = [{"MessageId": f"m{number}", "ReceiptHandle": f"r{number}", "Body": "{}"} for number in (1, 2)]
    sqs.add_response("get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "2"}})
    sqs.add_response("receive_message", {"Messages": messages})
    sqs.add_response("receive_message", {})
    sqs.add_response("change_message_visibility_batch", {"Successful": [], "Failed": []})
    sqs.add_response("receive_message", {"Messages": messages})
    sqs.add_response("delete_message", {}, {"QueueUrl": URL, "ReceiptHandle": "r1"})
    sqs.add_client_error("delete_message", "AccessDenied", "not for you")
    sqs.add_response("change_message_visibility_batch", {"Successful": [], "Failed": []})
    file = tmp_path / "saved.jsonl"
    with pytest.raises(CommandError, match=r"not for you.* 1 message deleted before that") as raised:
        World(stubbed).run("purge", "--queue", URL, "--save", str(file), "--yes")
    assert raised.value.code == ExitCode.INCOMPLETE
    assert [json.loads(line)["message_id"] for line in file.read_text().splitlines()] == ["m1", "m2"]
    sqs.assert_no_pending_responses()


def test_a_purge_that_cannot_save_deletes_nothing(tmp_path: Path) -> None:
    stubbed = Stubbed().found({"constructs_lib:redrive": "/p"}, {"route": {"written_by": "queue"}})
    _, sqs = stubbed.of("sqs")
    message = {"MessageId": "m", "ReceiptHandle": "r", "Body": "{}"}
    sqs.add_response("get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "1"}})
    sqs.add_response("receive_message", {"Messages": [message]})
    sqs.add_response("receive_message", {})
    sqs.add_response("change_message_visibility_batch", {"Successful": [], "Failed": []})
    with pytest.raises(CommandError, match=r"cannot be written: .* Nothing was deleted\."):
        World(stubbed).run("purge", "--queue", URL, "--save", str(tmp_path / "no" / "where"), "--yes")
    sqs.assert_no_pending_responses()
