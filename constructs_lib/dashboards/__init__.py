"""Dashboards: what rings, and everything one looks at next."""

from constructs_lib.dashboards.api_segments import HttpApiSegment, RestApiSegment
from constructs_lib.dashboards.graph import Graph, Line, LogPanel, Rate, Section, Source
from constructs_lib.dashboards.lambda_segment import LambdaSegment
from constructs_lib.dashboards.queries import LOG_QUERIES, LogQuery
from constructs_lib.dashboards.saved_queries import SavedQueries
from constructs_lib.dashboards.segment import AnyAlarm, NamedAlarms, Segment
from constructs_lib.dashboards.service_dashboard import ServiceDashboard
from constructs_lib.dashboards.service_segments import QueueSegment, TableSegment, WorkflowSegment

__all__ = [
    "LOG_QUERIES",
    "AnyAlarm",
    "Graph",
    "HttpApiSegment",
    "LambdaSegment",
    "Line",
    "LogPanel",
    "LogQuery",
    "NamedAlarms",
    "QueueSegment",
    "Rate",
    "RestApiSegment",
    "SavedQueries",
    "Section",
    "Segment",
    "ServiceDashboard",
    "Source",
    "TableSegment",
    "WorkflowSegment",
]
