"""The metrics of APIs in API Gateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.published import check_rates, check_shares, indicator, publish
from constructs_lib.replay.timelines.incidents.signals import Minutes
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.packing import from_samples
from constructs_lib.replay.timelines.samples import Samples
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["HttpApi", "RestApi"]

_INTEGRATION = 0.95
"""The part of Latency that is IntegrationLatency here; AWS says only that Latency includes it and an overhead."""


@dataclass(frozen=True, kw_only=True)
class HttpApi(Target):
    """An HTTP API: Count, 4xx, 5xx, Latency and IntegrationLatency, with the dimensions ApiId, and ApiId and Stage
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html).

    Each request is one sample, so that Average is the share of errors. A request that is throttled is a 4xx. A
    minute without requests has no data.

    Attributes:
        name: the API's id, logical id or construct path: the dimension ApiId.
        stage: the dimension Stage.
        per_minute: how many requests come on average.
        latency: how long they take.
        client_errors: the share that is answered 4xx in normal times.
        errors: the share that is answered 5xx in normal times.
    """

    stage: str = "$default"
    per_minute: float = 60.0
    latency: Latency = Latency(p50=110, p99=800)  # noqa: RUF009 - frozen
    client_errors: float = 0.01
    errors: float = 0.0

    feels: ClassVar[frozenset[str]] = frozenset({"load", "failing", "throttled", "slower", "silent"})
    _dimension: ClassVar[str] = "ApiId"
    _names: ClassVar[tuple[str, str]] = ("4xx", "5xx")

    def __post_init__(self) -> None:
        """Check its figures.

        Raises:
            TimelineError: one is impossible.
        """
        check_rates(self.label, per_minute=self.per_minute)
        check_shares(self.label, client_errors=self.client_errors, errors=self.errors)

    @property
    def label(self) -> str:
        """The API, its stage and Region."""
        return f"AWS/ApiGateway:{self.region or ''}:{self.name}:{self.stage}"

    def series(self, minutes: Minutes) -> Sequence[MetricSeries]:
        """Its metrics."""
        now = minutes.now
        requests = minutes.requests("requests", self.per_minute)
        usually_refused = np.full(len(now.load), self.client_errors)
        refusing = 1 - (1 - self.client_errors) * (1 - now.throttled)
        refused = minutes.part("refused", requests, usually_refused, refusing)
        tried = requests[0] - refused[0], requests[1] - refused[1]
        usually_failing = np.full(len(now.load), self.errors)
        failing = 1 - (1 - self.errors) * (1 - now.failing)
        failed = minutes.part("failed", tried, usually_failing, failing)[1]
        latency = minutes.latencies("latency", self.latency, requests)
        integration = Samples(latency.offsets, latency.values * _INTEGRATION, latency.weights)
        client, server = self._names
        metrics = {
            "Count": indicator(requests[1], requests[1]),
            client: indicator(requests[1], refused[1]),
            server: indicator(requests[1], failed),
            "Latency": from_samples(latency),
            "IntegrationLatency": from_samples(integration),
        }
        api = {self._dimension: self.name}
        return publish(
            minutes, "AWS/ApiGateway", metrics, [api, {**api, "Stage": self.stage}], region=self.region
        )


@dataclass(frozen=True, kw_only=True)
class RestApi(HttpApi):
    """A REST API: as an HTTP API, with 4XXError and 5XXError, and the dimension ApiName instead of ApiId
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html).

    Attributes:
        name: the API's name, or logical id or construct path: the dimension ApiName.
        stage: the dimension Stage.
    """

    stage: str = "prod"

    _dimension: ClassVar[str] = "ApiName"
    _names: ClassVar[tuple[str, str]] = ("4XXError", "5XXError")
