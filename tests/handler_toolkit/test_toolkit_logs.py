"""Nothing that is redacted reaches a log line, whichever way it comes."""

import io
import json
import time
from typing import Any
from uuid import uuid4

import pytest
from handler_toolkit import Redaction, make_logger, make_metrics, make_tracer
from hypothesis import example, given
from hypothesis import strategies as st

SECRET = "hunter2-Xq7!"  # noqa: S105 - of nobody


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def logged(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_field_is_redacted_at_any_depth(stream: io.StringIO) -> None:
    logger = make_logger(uuid4().hex, stream=stream)
    logger.info("Paid", order={"lines": [{"card": {"card_number": SECRET}}], "total": 5})
    line = logged(stream)
    assert line["order"]["lines"][0]["card"]["card_number"] == "[redacted]"
    assert line["order"]["total"] == 5


@pytest.mark.parametrize(
    "name", ["password", "Password", "dbPassword", "X-Api-Key", "x_api_key", "accessToken"]
)
def test_a_field_is_known_however_it_is_written(name: str, stream: io.StringIO) -> None:
    make_logger(uuid4().hex, stream=stream).info("x", extra={name: SECRET})
    assert SECRET not in stream.getvalue()


@pytest.mark.parametrize("name", ["next_page", "passwords_tried", "tokenizer", "cookies_accepted"])
def test_other_fields_are_left_alone(name: str, stream: io.StringIO) -> None:
    make_logger(uuid4().hex, stream=stream).info("x", extra={name: "kept"})
    assert logged(stream)[name] == "kept"


def refuse() -> None:
    raise ValueError(f"login refused for ann@example.com with {SECRET}")


def test_an_exception_repeats_no_secret(stream: io.StringIO) -> None:
    logger = make_logger(uuid4().hex, stream=stream)
    logger.append_keys(password=SECRET)
    try:
        refuse()
    except ValueError:
        logger.exception("It failed with password=%s", SECRET)
    line = logged(stream)
    assert SECRET not in stream.getvalue()
    assert "ann@example.com" not in stream.getvalue()
    assert line["exception_name"] == "ValueError"
    assert "login refused for [redacted] with [redacted]" in line["exception"]
    assert "login refused" in line["stack_trace"]["value"]


@pytest.mark.parametrize(
    "text",
    [
        f"password={SECRET}",
        f"password: {SECRET}",
        f'{{"password": "{SECRET}"}}',
        f"{{'password': '{SECRET}'}}",
        f'{{\\"password\\": \\"{SECRET}\\"}}',
        f"DB_PASSWORD={SECRET};x=1",
        f"userPassword={SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"https://example.com/?access_token={SECRET}&page=2",
    ],
)
def test_what_looks_like_a_field_in_a_text_is_one(text: str) -> None:
    assert SECRET.rstrip("!") not in Redaction().text(text)


@pytest.mark.parametrize(
    "secret",
    [
        "ann.lee+orders@mail.example.co.uk",
        "Bearer abcdefgh12345678",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "4111 1111 1111 1111",
        "5500-0000-0000-0004",
        "378282246310005",
    ],
)
def test_known_patterns_go(secret: str) -> None:
    assert Redaction().text(f"It is {secret}, she said") == "It is [redacted], she said"


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # no card has this check digit
        "order 2f1f0e5c-9d53-4a41-8a5e-1c2d3e4f5a6b",
        "2026-11-22T18:00:00.123456Z",
        "arn:aws:sqs:us-east-1:123456789012:orders",
        "no password needed",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redaction().text(text) == text


def test_the_app_adds_fields_and_patterns(stream: io.StringIO) -> None:
    logger = make_logger(uuid4().hex, stream=stream, fields=["iban"], patterns=[r"CUST-\d+"])
    logger.info("For CUST-42", iban="DE89370400440532013000")
    line = logged(stream)
    assert line["iban"] == "[redacted]"
    assert line["message"] == "For [redacted]"


def test_a_secret_in_a_key_goes_too(stream: io.StringIO) -> None:
    make_logger(uuid4().hex, stream=stream).info("x", seen={"ann@example.com": 1})
    assert logged(stream)["seen"] == {"[redacted]": 1}


def test_a_message_that_is_a_dictionary_is_redacted(stream: io.StringIO) -> None:
    make_logger(uuid4().hex, stream=stream).info({"password": SECRET, "kept": [1, None, True]})
    assert logged(stream)["message"] == {"password": "[redacted]", "kept": [1, None, True]}


def test_objects_are_redacted_as_they_would_be_written(stream: io.StringIO) -> None:
    class Customer:
        def __str__(self) -> str:
            return "Customer(ann@example.com)"

    make_logger(uuid4().hex, stream=stream).info("x", customer=Customer())
    assert logged(stream)["customer"] == "Customer([redacted])"


secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=20)
shapes = st.recursive(
    st.just("{}"),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2),
        st.dictionaries(st.sampled_from(["a", "order", "items"]), inner, min_size=1, max_size=2),
    ),
    max_leaves=4,
)


@given(secret=secrets, shape=shapes)
@example(secret='ab"c\\', shape=["{}"])  # noqa: S106 - of nobody
def test_a_secret_in_a_field_is_nowhere_in_the_record(secret: str, shape: Any) -> None:
    def filled(part: Any) -> Any:
        match part:
            case str():
                return {"token": secret, "text": f"before {secret} after"}
            case list():
                return [filled(each) for each in part]
        return {name: filled(each) for name, each in part.items()}

    redacted = Redaction().of({"message": f"got {secret}", "data": filled(shape)})

    def strings(part: Any) -> list[str]:
        match part:
            case str():
                return [part]
            case list():
                return [text for each in part for text in strings(each)]
        return [text for each in part.values() for text in strings(each)]

    left = [text.replace("[redacted]", "") for text in strings(redacted)]
    words = {"got ", "before  after", "{}", ""}
    assert all(secret not in text or any(secret in word for word in words) for text in left)


def test_a_long_text_takes_no_longer_than_its_length_says() -> None:
    redaction = Redaction()
    began = time.perf_counter()
    for text in ("a" * 200_000, "a@" * 100_000, "password " * 20_000, "1 " * 100_000, "eyJ" * 60_000):
        redaction.text(text)
    assert time.perf_counter() - began < 20


def test_factories_take_what_powertools_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    assert make_metrics("Orders", "create_order").namespace == "Orders"
    assert make_tracer("create_order").service == "create_order"
    assert make_logger("create_order", level="ERROR").log_level == 40
