"""Event source mappings: all that is said of one is kept, and each is looked at often, in a scope of its own.

What happens when one is looked at is said in `queue_sources` and `stream_sources`.
https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import queue_sources, scope, stream_sources
from local_cloud.patches.resource_types import Properties, after, is_true

Mapping = dict[str, Any]
Response = tuple[int, Any, Any]

_LOOK_SECONDS, _PAUSE_SECONDS = 0.1, 0.005
_LOG = logging.getLogger("local_cloud.event_sources")
_NUMBERS = (
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "StartingPositionTimestamp",
    "TumblingWindowInSeconds",
)
_AS_THEY_ARE = (
    "DestinationConfig",
    "FilterCriteria",
    "FunctionResponseTypes",
    "KmsKeyArn",
    "LoggingConfig",
    "MetricsConfig",
    "ProvisionedPollerConfig",
    "ScalingConfig",
    "SourceAccessConfigurations",
)
_OF_STREAMS = {
    "BisectBatchOnFunctionError": False,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
    "BatchSize": 100,
    "StartingPosition": "LATEST",
}
_started = threading.Lock()


def install() -> None:
    replace("services.lambda_svc._ensure_poller", lambda _: _ensure_watched)
    replace("services.lambda_svc._create_esm", _keeping)
    replace("services.lambda_svc._update_esm", _keeping_changes)
    after("AWS::Lambda::EventSourceMapping", _from_template)


def mappings() -> Iterator[Mapping]:
    """Every mapping, with the account and Region that it is in as the current ones."""
    for (account, region, _), mapping in internal("services.lambda_svc._esms").all_items():
        with scope.scoped(account, region):
            yield mapping


def _ensure_watched() -> None:
    if _started.acquire(blocking=False):  # and is never released: there is one watcher
        threading.Thread(target=_watch, name="event-sources", daemon=True).start()


def _watch() -> None:
    wake: threading.Event = internal("core.concurrency.esm_wake")
    while True:
        wake.clear()
        for mapping in mappings():
            try:
                _look(mapping)
            except Exception:  # noqa: BLE001 - one mapping that cannot be looked at stops no other
                _LOG.exception("event source mapping %s", mapping.get("UUID"))
        time.sleep(_PAUSE_SECONDS)
        wake.wait(_LOOK_SECONDS)


def _look(mapping: Mapping) -> None:
    if mapping["State"] == "Enabled":
        source = queue_sources if mapping["EventSourceArn"].split(":")[2] == "sqs" else stream_sources
        source.look(mapping)


def _keeping(original: Callable[[Mapping], Response]) -> Callable[[Mapping], Response]:
    def create(data: Mapping) -> Response:
        response = original(data)
        if response[0] < 400:  # noqa: PLR2004 - HTTP's first error status
            mapping = _newest()
            if "BatchSize" not in data:
                mapping.pop("BatchSize", None)  # MiniStack's default is that of queues
            _keep(mapping, data)
            return 202, response[1], _described(mapping)
        return response

    return create


def _newest() -> Mapping:
    found: Mapping = list(internal("services.lambda_svc._esms").values())[-1]
    return found


def _keeping_changes(original: Callable[[str, Mapping], Response]) -> Callable[[str, Mapping], Response]:
    def update(identifier: str, data: Mapping) -> Response:
        response = original(identifier, data)
        mapping = internal("services.lambda_svc._esms").get(identifier)
        if response[0] < 400 and mapping:  # noqa: PLR2004 - HTTP's first error status
            _keep(mapping, data)
            return 202, response[1], _described(mapping)
        return response

    return update


def _described(mapping: Mapping) -> Any:
    _, _, body = internal("core.responses.json_response")(
        internal("services.lambda_svc._esm_response")(mapping)
    )
    return body


def _from_template(identifier: str, properties: Properties) -> None:
    mapping = internal("services.lambda_svc._esms")[identifier]
    for name in (*_NUMBERS, *_AS_THEY_ARE, "BisectBatchOnFunctionError"):
        if name not in properties:
            mapping.pop(name, None)
    enabled = is_true(properties.get("Enabled", True))
    mapping.update(Enabled=enabled, State="Enabled" if enabled else "Disabled")
    _keep(mapping, properties)


def _keep(mapping: Mapping, said: Mapping) -> None:
    """Keep what was said of a mapping, with the defaults of its kind for what was not."""
    for name in _NUMBERS:
        if said.get(name) is not None:
            mapping[name] = int(float(said[name]))
    for name in _AS_THEY_ARE:
        if said.get(name) is not None:
            mapping["KMSKeyArn" if name == "KmsKeyArn" else name] = said[name]
    if said.get("BisectBatchOnFunctionError") is not None:
        mapping["BisectBatchOnFunctionError"] = is_true(said["BisectBatchOnFunctionError"])
    mapping.setdefault("FunctionResponseTypes", [])
    mapping.setdefault("MaximumBatchingWindowInSeconds", 0)
    if mapping["EventSourceArn"].split(":")[2] == "sqs":
        mapping.setdefault("BatchSize", 10)
        mapping.pop("StartingPosition", None)
    else:
        for name, default in _OF_STREAMS.items():
            mapping.setdefault(name, default)
        stream_sources.anchor(mapping)
