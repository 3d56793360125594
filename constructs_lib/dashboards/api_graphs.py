"""The graphs of APIs, one row each."""

from constructs_lib.dashboards.graph import HOUR, Graph, Line, Rate, Section, lines_of, percentiles

__all__ = ["HTTP_API_GRAPHS", "REST_API_GRAPHS"]

_HTTP = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html"
_REST = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"


def _api_graphs(
    client_errors: str, server_errors: str, source: str, cost: tuple[Line, ...]
) -> tuple[Graph, ...]:
    """The graphs that both kinds of API have, by the names that each gives to its errors."""
    # "The SampleCount statistic represents the total number of API requests."
    (count,) = lines_of("api", "SampleCount", Count="requests")
    (failed,) = lines_of("api", "Sum", **{server_errors: "5xx"})
    return (
        Graph(
            section=Section.TRAFFIC,
            title="requests",
            lines=(count,),
            left="requests",
            source=source,
        ),
        Graph(
            section=Section.ERRORS,
            title="errors",
            lines=(
                *lines_of("api", "Sum", **{client_errors: "4xx"}),
                failed,
                Rate(
                    expression="IF(requests > 0, 100 * errors / requests, 0)",
                    operands={"requests": count, "errors": failed},
                    label="5xx rate (%)",
                    axis="right",
                ),
            ),
            left="responses",
            right="% of requests",
            source=source,
        ),
        Graph(
            section=Section.LATENCY,
            title="latency",
            lines=(
                *percentiles("Latency", "api"),
                *lines_of("api", "p99", IntegrationLatency="p99 of the integration"),
            ),
            left="ms",
            source=source,
        ),
        Graph(
            section=Section.COST,
            title="billed an hour",
            lines=(count, *cost),
            left="requests",
            right="bytes",
            period=HOUR,
            source="https://aws.amazon.com/api-gateway/pricing/",
        ),
    )


HTTP_API_GRAPHS: tuple[Graph, ...] = _api_graphs(
    "4xx",
    "5xx",
    _HTTP,
    (Line(metric="DataProcessed", statistic="Sum", of="api", label="data processed", axis="right"),),
)
REST_API_GRAPHS: tuple[Graph, ...] = _api_graphs("4XXError", "5XXError", _REST, ())
