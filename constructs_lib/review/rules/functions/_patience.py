"""How long those who call a function wait for its answer."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.review.reading import Node
from constructs_lib.review.reading.data import at, number_of, texts_in
from constructs_lib.review.reading.functions import callee_of

__all__ = ["patience_of"]

_REST: Final = 29.0
_HTTP: Final = 30.0
"""Seconds: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""
_INTEGRATION: Final = "x-amazon-apigateway-integration"
_FUNCTIONS: Final = ("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version")
_NOT_WAITED_FOR: Final = ("CustomSMSSender", "CustomEmailSender")
Waits = Iterator[tuple[Any, float | None]]


def patience_of(by: Node) -> Mapping[Node, float]:
    """The functions that a resource calls and waits for, to the shortest time that it waits: seconds, where known."""
    look = _LOOKS.get(by.type)
    return (
        by.stack.whole.once(f"patience of {by.stack.key}//{by.id}", lambda _: _shortest(by, look))
        if look
        else {}
    )


def _shortest(by: Node, look: Callable[[Node], Waits]) -> Mapping[Node, float]:
    found: dict[Node, float] = {}
    for named, seconds in look(by):
        for function in _functions(by, named):
            if seconds is not None:
                found[function] = min(seconds, found.get(function, seconds))
    return found


def _functions(by: Node, named: Any) -> Iterator[Node]:
    """The functions that a text names, whole or, as the address of an integration does, inside."""
    callee = callee_of(by.stack, named)
    if callee is not None:
        yield callee.function
    elif isinstance(named, str):
        for each in by.stack.mentioned(named):
            inside = (
                callee_of(each.stack, f"${{{each.stack.key}//{each.id}}}")
                if each.type in _FUNCTIONS
                else None
            )
            if inside is not None:
                yield inside.function


def _method(by: Node) -> Waits:
    yield from _integration(by.value("Integration"), "Uri", "TimeoutInMillis", "RequestParameters", _REST)


def _rest_body(by: Node) -> Waits:
    for each in _objects(by.value("Body")):
        yield from _integration(each.get(_INTEGRATION), "uri", "timeoutInMillis", "requestParameters", _REST)


def _http_body(by: Node) -> Waits:
    for each in _objects(by.value("Body")):
        yield from _integration(each.get(_INTEGRATION), "uri", "timeoutInMillis", "requestParameters", _HTTP)


def _http_integration(by: Node) -> Waits:
    api = by.target("ApiId", types=("AWS::ApiGatewayV2::Api",))
    is_socket = api is not None and api.text("ProtocolType") == "WEBSOCKET"
    default = _REST if is_socket else _HTTP
    yield from _integration(by.properties, "IntegrationUri", "TimeoutInMillis", "RequestParameters", default)


def _integration(data: Any, uri: str, timeout: str, parameters: str, default: float) -> Waits:
    sent = at(data, parameters)
    if isinstance(sent, Mapping) and any("x-amz-invocation-type" in str(each).lower() for each in sent):
        return
    value = at(data, timeout)
    milliseconds = default * 1000 if value is None else number_of(value)
    yield at(data, uri), None if milliseconds is None else milliseconds / 1000


def _data_source(by: Node) -> Waits:
    # https://docs.aws.amazon.com/general/latest/gr/appsync.html
    yield by.value("LambdaConfig", "LambdaFunctionArn"), 30.0


def _user_pool(by: Node) -> Waits:
    # https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
    config = by.value("LambdaConfig")
    for key, value in config.items() if isinstance(config, Mapping) else ():
        for each in texts_in(value) if key not in _NOT_WAITED_FOR else ():
            yield each, 5.0


def _state_machine(by: Node) -> Waits:
    definition = by.value("Definition")
    if isinstance(text := by.value("DefinitionString"), str):
        try:
            definition = json.loads(text)
        except (ValueError, RecursionError):
            return
    for task in _objects(definition):
        if task.get("Type") == "Task":
            for place in (("Resource",), ("Parameters", "FunctionName"), ("Arguments", "FunctionName")):
                yield at(task, *place), number_of(task.get("TimeoutSeconds"))


def _objects(data: Any) -> Iterator[Mapping[str, Any]]:
    open_ = [data]
    while open_:
        each = open_.pop()
        if isinstance(each, Mapping):
            yield each
            open_.extend(each.values())
        elif isinstance(each, list):
            open_.extend(each)


_LOOKS: Final[Mapping[str, Callable[[Node], Waits]]] = {
    "AWS::ApiGateway::Method": _method,
    "AWS::ApiGateway::RestApi": _rest_body,
    "AWS::ApiGatewayV2::Api": _http_body,
    "AWS::ApiGatewayV2::Integration": _http_integration,
    "AWS::AppSync::DataSource": _data_source,
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::StepFunctions::StateMachine": _state_machine,
}
