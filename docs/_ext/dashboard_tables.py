"""Tables of what a dashboard shows, from the rows that make it."""

from constructs_lib.dashboards import LOG_QUERIES
from constructs_lib.dashboards.api_graphs import HTTP_API_GRAPHS, REST_API_GRAPHS
from constructs_lib.dashboards.graph import Graph, Rate, Section
from constructs_lib.dashboards.lambda_graphs import LAMBDA_GRAPHS, LAMBDA_LOGS
from constructs_lib.dashboards.service_graphs import QUEUE_GRAPHS, TABLE_GRAPHS, WORKFLOW_GRAPHS
from docs._ext.pieces import code_block, link, table

__all__ = ["texts"]

_SEGMENTS: dict[str, tuple[Graph, ...]] = {
    "LambdaSegment": LAMBDA_GRAPHS,
    "QueueSegment": QUEUE_GRAPHS,
    "TableSegment": TABLE_GRAPHS,
    "HttpApiSegment": HTTP_API_GRAPHS,
    "RestApiSegment": REST_API_GRAPHS,
    "WorkflowSegment": WORKFLOW_GRAPHS,
}
_ORDER = list(Section)


def _drawn(graph: Graph) -> str:
    lines = [
        line.label if isinstance(line, Rate) else f"`{line.metric}` {line.statistic}" for line in graph.lines
    ]
    return ", ".join(lines)


def _graphs(graphs: tuple[Graph, ...]) -> str:
    rows = [
        [graph.section.value, graph.title, _drawn(graph), link(graph.source, "source")]
        for graph in sorted(graphs, key=lambda graph: _ORDER.index(graph.section))
    ]
    return table(["section", "graph", "lines", ""], rows)


def _queries() -> str:
    return "\n\n".join(
        f"**{query.title}**. {query.answers}\n\n{code_block(query.text)}" for query in LOG_QUERIES
    )


def texts() -> dict[str, str]:
    """A table for each segment, what is asked of logs, and the saved queries."""
    logs = [[row.section.value, row.query.title.lower(), row.query.answers] for row in LAMBDA_LOGS]
    return {
        **{f"graphs-{name}": _graphs(graphs) for name, graphs in _SEGMENTS.items()},
        "dashboard-logs": table(["section", "answer", "what it tells"], logs),
        "dashboard-queries": _queries(),
    }
