"""The warm-up decorator: pings are answered, everything else passes through untouched."""

import pytest
from warm_up import WARM_UP_EVENT, is_warm_up, skip_warm_up

from tests.lambda_src.events import Context, JsonObject


def test_the_event_is_the_documented_one() -> None:
    assert WARM_UP_EVENT == {"source": "constructs-lib.warm-up"}


def test_a_ping_never_reaches_the_handler() -> None:
    @skip_warm_up
    def handler(event: JsonObject, context: Context) -> str:
        raise AssertionError((event, context))

    assert handler(dict(WARM_UP_EVENT), Context()) == {"warm_up": True}
    assert handler({**WARM_UP_EVENT, "time": "now"}, Context()) == {"warm_up": True}
    assert handler(event=dict(WARM_UP_EVENT), context=Context()) == {"warm_up": True}


@pytest.mark.parametrize(
    "event",
    [{}, {"source": "aws.events"}, {"source": None}, [WARM_UP_EVENT], "constructs-lib.warm-up", None, 7],
)
def test_every_other_event_does(event: object) -> None:
    @skip_warm_up
    def handler(event: object, context: Context) -> tuple[object, Context]:
        return event, context

    context = Context()
    assert handler(event, context) == (event, context)
    assert not is_warm_up(event)


def test_methods_and_handlers_with_more_arguments_can_be_decorated() -> None:
    class Handler:
        @skip_warm_up
        def handle(self, event: JsonObject, *, verbose: bool = False) -> tuple[JsonObject, bool]:
            return event, verbose

    assert Handler().handle({"a": 1}, verbose=True) == ({"a": 1}, True)
    assert Handler().handle(dict(WARM_UP_EVENT), verbose=True) == {"warm_up": True}


def test_errors_pass_and_the_handler_keeps_its_name() -> None:
    @skip_warm_up
    def handler(event: JsonObject) -> None:
        """Says what it does."""
        raise KeyError(event)

    assert (handler.__name__, handler.__doc__) == ("handler", "Says what it does.")
    with pytest.raises(KeyError):
        handler({})
