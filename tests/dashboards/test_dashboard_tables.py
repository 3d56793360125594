import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib.checks import Check
from constructs_lib.dashboards import Graph, Line, Rate, Section, Segment, ServiceDashboard, Source
from constructs_lib.dashboards.api_graphs import HTTP_API_GRAPHS, REST_API_GRAPHS
from constructs_lib.dashboards.lambda_graphs import LAMBDA_GRAPHS
from constructs_lib.dashboards.service_graphs import QUEUE_GRAPHS, TABLE_GRAPHS, WORKFLOW_GRAPHS
from tests.dashboards.dashboard_bodies import graph, line, widgets_in
from tests.synthesis import fresh_stack

KINDS = {
    "function": (LAMBDA_GRAPHS, {"function", "qualifier", "dead_letters"}),
    "queue": (QUEUE_GRAPHS, {"queue", "dead_letters"}),
    "table": (TABLE_GRAPHS, {"table", "operation", "read", "write"}),
    "http": (HTTP_API_GRAPHS, {"api"}),
    "rest": (REST_API_GRAPHS, {"api"}),
    "workflow": (WORKFLOW_GRAPHS, {"workflow"}),
}
EVERY = [(graph, kinds) for graphs, kinds in KINDS.values() for graph in graphs]

each = pytest.mark.parametrize("row", [row for row, _ in EVERY], ids=lambda row: row.title)


def operands(row: Graph) -> list[Line]:
    rates = [drawn for drawn in row.lines if isinstance(drawn, Rate)]
    plain = [drawn for drawn in row.lines if isinstance(drawn, Line)]
    return plain + [operand for rate in rates for operand in rate.operands.values()]


@pytest.mark.parametrize(("row", "kinds"), EVERY, ids=lambda given: getattr(given, "title", ""))
def test_row_draws_what_its_segment_has_sources_for(row: Graph, kinds: set[str]) -> None:
    assert {drawn.of for drawn in operands(row)} <= kinds


@each
def test_row_says_where_its_metrics_are_described(row: Graph) -> None:
    assert row.source.startswith(("https://docs.aws.amazon.com/", "https://aws.amazon.com/"))


@each
def test_axis_has_a_label_where_something_is_drawn_on_it(row: Graph) -> None:
    for axis in {drawn.axis for drawn in row.lines}:
        assert {"left": row.left, "right": row.right}[axis]


@each
def test_expression_names_its_operands_and_no_others(row: Graph) -> None:
    for rate in row.lines:
        if isinstance(rate, Rate):
            without_figures = re.sub(r"{\w+}", "", rate.expression)
            assert set(re.findall(r"\b[a-z]\w*", without_figures)) == set(rate.operands)


@pytest.mark.parametrize("name", KINDS)
def test_titles_of_a_segment_are_distinct(name: str) -> None:
    found = [row.title for row in KINDS[name][0]]
    hourly = [row for row in KINDS[name][0] if row.section is Section.COST]
    assert len(found) == len(set(found))
    assert all(row.period == 3600 for row in hourly)


@dataclass(frozen=True)
class TopicSegment(Segment):
    """What an application may write for a service that has no segment here."""

    GRAPHS: ClassVar[tuple[Graph, ...]] = (
        Graph(
            section=Section.TRAFFIC,
            title="published",
            lines=(Line(metric="NumberOfMessagesPublished", statistic="Sum", of="topic", label="messages"),),
            left="messages",
            source="https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html",
        ),
    )

    topic: sns.ITopic

    @property
    def resource(self) -> cdk.IResource:
        return self.topic

    @property
    def sources(self) -> Mapping[str, Sequence[Source]]:
        return {"topic": [Source(namespace="AWS/SNS", dimensions={"TopicName": self.topic.topic_name})]}

    def check(self, check: Check) -> None:
        check.offers("topic", self.topic, "topic_name", remedy="Give a topic.")


def test_application_can_add_segments_of_its_own() -> None:
    stack = fresh_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111122223333:orders")
    ServiceDashboard(stack, "Dashboard", segments=[TopicSegment(topic)])
    published = graph(widgets_in(stack), "Topic (eu-west-1): published")
    assert line(published, "messages")[:4] == ["AWS/SNS", "NumberOfMessagesPublished", "TopicName", "orders"]
