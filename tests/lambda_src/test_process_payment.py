"""Having an order's money taken once, and given back for good, over a provider that may fail at any moment."""

import json
from collections.abc import Callable

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from order_book.attempts import StepUnavailableError
from order_book.errors import OrderStateError

from tests.lambda_src import events
from tests.lambda_src.conftest import Shop
from tests.lambda_src.runtimes import Runtime, metrics
from tests.lambda_src.wire import Tap, answer, tap, too_many_requests

CHARGE, UNDO = "ChargePayment", "undo"
SANDBOX = "arn:aws:lambda:us-east-1:000000000000:function:payment_sandbox:live"


@pytest.fixture
def sandbox(start: Callable[..., Runtime]) -> Runtime:
    return start("payment_sandbox")


@pytest.fixture
def process_payment(start: Callable[..., Runtime]) -> Runtime:
    return start("process_payment", PAYMENT_PROVIDER_ARN=SANDBOX)


@pytest.fixture
def provider(process_payment: Runtime, sandbox: Runtime) -> Tap:
    """The sandbox in Lambda's place: answers as a synchronous invocation does."""
    return tap(process_payment.wiring.lambda_, "Invoke", lambda request: invoked(sandbox, request))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)


def invoked(sandbox: Runtime, request: events.JsonObject) -> AWSResponse:
    try:
        return answer(200, sandbox.handle(request))
    except Exception as error:  # noqa: BLE001 - as Lambda does
        return failed(type(error).__name__)


def failed(error: str) -> AWSResponse:
    response = answer(200, {"errorType": error, "errorMessage": "it failed"})
    response.headers["X-Amz-Function-Error"] = "Unhandled"
    return response


def raised(runtime: Runtime, event: events.JsonObject) -> str:
    """The name of the error, as the workflow sees it."""
    with pytest.raises(Exception) as error:  # noqa: PT011 - each run of the handler has classes of its own
        runtime.handle(event)
    return type(error.value).__name__


def outcomes(shop: Shop) -> dict[str, str]:
    return {item["idempotency_key"]["S"]: item["outcome"]["S"] for item in shop.items(shop.charges)}


@pytest.mark.usefixtures("provider")
def test_the_money_is_taken_and_the_order_says_so(process_payment: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="processing")

    result = process_payment.handle(events.step(CHARGE, order_id))

    item = shop.order(order_id)
    assert (item["payment"], item["payment_id"]) == ("done", result["payment_id"])
    assert outcomes(shop) == {order_id: "charged"}
    assert metrics(process_payment.output())["PaymentsTaken"] == 1


def test_the_provider_is_asked_at_its_alias_for_the_orders_total(
    process_payment: Runtime, provider: Tap, shop: Shop
) -> None:
    order_id = shop.place(status="processing")
    process_payment.handle(events.step(CHARGE, order_id))

    assert provider.requests == [
        {"operation": "charge", "idempotency_key": order_id, "amount": "21.00", "currency": "EUR"}
    ]
    assert provider.seen[0][0].endswith("function%3Apayment_sandbox%3Alive/invocations")


@pytest.mark.usefixtures("provider")
def test_it_is_taken_once_however_often_it_is_asked(process_payment: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="processing")
    first, again = (process_payment.handle(events.step(CHARGE, order_id)) for _ in range(2))

    assert first == again
    assert outcomes(shop) == {order_id: "charged"}


@pytest.mark.usefixtures("provider")
def test_a_declined_payment_is_a_failure_of_that_name(process_payment: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="processing")
    event = events.step(CHARGE, order_id, results={"StartOrder": events.PLACED | {"total": "20.51"}})

    assert raised(process_payment, event) == "PaymentDeclinedError"
    assert "payment" not in shop.order(order_id)


@pytest.mark.usefixtures("provider")
def test_the_money_is_given_back_once(process_payment: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="processing")
    process_payment.handle(events.step(CHARGE, order_id))
    for _ in range(2):
        assert process_payment.handle(events.step(CHARGE, order_id, UNDO))["outcome"] == "refunded"

    assert outcomes(shop) == {order_id: "refunded"}
    assert shop.order(order_id)["payment"] == "undone"


@pytest.mark.usefixtures("provider")
def test_a_charge_that_comes_after_its_refund_takes_nothing(process_payment: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="processing")
    process_payment.handle(events.step(CHARGE, order_id, UNDO))

    assert raised(process_payment, events.step(CHARGE, order_id)) == "PaymentVoidedError"
    assert outcomes(shop) == {order_id: "voided"}


@pytest.mark.usefixtures("provider")
def test_the_money_of_a_completed_order_is_not_given_back(process_payment: Runtime, shop: Shop) -> None:
    order_id = shop.place(status="completed", payment="done", stock="done")
    with pytest.raises(OrderStateError):
        process_payment.handle(events.step(CHARGE, order_id, UNDO))
    assert outcomes(shop) == {}


def test_a_provider_that_dies_after_its_work_has_taken_the_money_once(
    process_payment: Runtime, provider: Tap, sandbox: Runtime, shop: Shop
) -> None:
    def dies_once(request: events.JsonObject) -> AWSResponse:
        given = invoked(sandbox, request)
        return failed("Runtime.ExitError") if len(provider.requests) == 1 else given

    provider.answer = dies_once
    order_id = shop.place(status="processing")

    assert process_payment.handle(events.step(CHARGE, order_id))["outcome"] == "charged"
    assert outcomes(shop) == {order_id: "charged"}
    assert len(provider.requests) == 2


def test_a_crash_between_charge_and_note_is_made_good_by_the_retry(
    process_payment: Runtime, provider: Tap, shop: Shop
) -> None:
    def crash(_: events.JsonObject) -> AWSResponse:
        raise SystemExit("the environment is gone")

    order_id = shop.place(status="processing")
    notes = tap(process_payment.wiring.orders.client, "UpdateItem", crash)
    with pytest.raises(SystemExit):
        process_payment.handle(events.step(CHARGE, order_id))
    assert "payment" not in shop.order(order_id)

    notes.answer = None
    process_payment.handle(events.step(CHARGE, order_id))
    assert shop.order(order_id)["payment"] == "done"
    assert outcomes(shop) == {order_id: "charged"}
    assert len(provider.requests) == 2


def times_out(_: events.JsonObject) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


@pytest.mark.parametrize(
    "fault", [too_many_requests, times_out, lambda _: failed("Sandbox.Timedout")], ids=["429", "slow", "died"]
)
def test_a_provider_that_stays_away_is_asked_thrice_and_again_by_the_workflow(
    process_payment: Runtime, provider: Tap, shop: Shop, fault: Callable[[events.JsonObject], AWSResponse]
) -> None:
    provider.answer = fault
    order_id = shop.place(status="processing")

    with pytest.raises(StepUnavailableError):
        process_payment.handle(events.step(CHARGE, order_id))
    assert len(provider.requests) == 3


def test_a_provider_that_is_down_is_left_alone_by_all_after_a_few_failures(
    process_payment: Runtime, provider: Tap, shop: Shop, start: Callable[..., Runtime]
) -> None:
    provider.answer = lambda _: failed("Sandbox.Timedout")
    for _ in range(2):
        assert raised(process_payment, events.step(CHARGE, shop.place(status="processing"))) == (
            "StepUnavailableError"
        )
    assert len(provider.requests) == 5, "the fifth failure opens the circuit"

    another = start("process_payment", PAYMENT_PROVIDER_ARN=SANDBOX)
    asked = tap(another.wiring.lambda_, "Invoke", lambda _: failed("Sandbox.Timedout"))
    with pytest.raises(StepUnavailableError, match="CircuitOpenError"):
        another.handle(events.step(CHARGE, shop.place(status="processing")))
    assert asked.requests == []


def test_a_request_that_the_provider_does_not_understand_opens_no_circuit(
    process_payment: Runtime, provider: Tap, shop: Shop
) -> None:
    order_id = shop.place(status="processing")
    process_payment.handle(events.step(CHARGE, order_id))
    dearer = events.step(CHARGE, order_id, results={"StartOrder": events.PLACED | {"total": "99.00"}})

    for _ in range(6):
        assert raised(process_payment, dearer) == "ProviderError"
    assert len(provider.requests) == 7


def test_nothing_personal_goes_to_the_provider(process_payment: Runtime, provider: Tap, shop: Shop) -> None:
    process_payment.handle(events.step(CHARGE, shop.place(status="processing")))
    assert "ada" not in json.dumps(provider.requests)
