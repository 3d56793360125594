"""Publishes how long ago a metric last counted something, once an hour."""  # noqa: INP001 - a handler's folder

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

__all__ = ["Heartbeat", "age", "handler"]

PERIOD = timedelta(hours=1)
RETENTION = timedelta(days=455)
"""How long CloudWatch keeps a datapoint an hour.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""
WORK = "work"
AGE = "age"


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """What is watched, and under which name its age is published.

    Attributes:
        queries: what counts the work, as GetMetricData takes it; the one with the id ``work`` is returned.
        namespace: the namespace of the age.
        metric: its name.
        name: the value of its dimension ``Heartbeat``.
    """

    queries: Sequence[dict[str, Any]]
    namespace: str
    metric: str
    name: str

    @classmethod
    def from_environment(cls) -> "Heartbeat":
        """What the environment variables ``HEARTBEAT_...`` say."""
        return cls(
            queries=json.loads(os.environ["HEARTBEAT_QUERIES"]),
            namespace=os.environ["HEARTBEAT_NAMESPACE"],
            metric=os.environ["HEARTBEAT_METRIC"],
            name=os.environ["HEARTBEAT_NAME"],
        )

    @property
    def dimensions(self) -> list[dict[str, str]]:
        """The dimensions of the age."""
        return [{"Name": "Heartbeat", "Value": self.name}]


def handler(_event: object, _context: object) -> dict[str, float]:
    """Publish the age as of the current hour."""
    return {"age": publish(boto3.client("cloudwatch"), Heartbeat.from_environment(), datetime.now(UTC))}


def publish(client: Any, heartbeat: Heartbeat, now: datetime) -> float:
    """Publish the age as of the hour of `now`, in seconds, and return it."""
    # Stamped with the hour, like what is read back: the age that is carried on would grow otherwise.
    hour = now.replace(minute=0, second=0, microsecond=0)
    seconds = age(client, heartbeat, hour)
    client.put_metric_data(
        Namespace=heartbeat.namespace,
        MetricData=[
            {
                "MetricName": heartbeat.metric,
                "Dimensions": heartbeat.dimensions,
                "Timestamp": hour,
                "Value": seconds,
                "Unit": "Seconds",
            }
        ],
    )
    return seconds


def age(client: Any, heartbeat: Heartbeat, hour: datetime) -> float:
    """How many seconds before `hour` the work was last done.

    The age that was published last is carried on, for work that CloudWatch has forgotten or that has a new name by
    now. What was never done counts from the first time that anybody asked.
    """
    worked = next((when for when, value in _newest(client, heartbeat.queries, WORK, hour) if value > 0), None)
    known = next(_newest(client, _age_query(heartbeat), AGE, hour), None)
    candidates = [hour] if worked is None and known is None else []
    candidates += [] if worked is None else [worked]
    candidates += [] if known is None else [known[0] - timedelta(seconds=known[1])]
    return max(0.0, (hour - max(candidates)).total_seconds())


def _age_query(heartbeat: Heartbeat) -> list[dict[str, Any]]:
    metric = {
        "Namespace": heartbeat.namespace,
        "MetricName": heartbeat.metric,
        "Dimensions": heartbeat.dimensions,
    }
    stat = {"Metric": metric, "Period": int(PERIOD.total_seconds()), "Stat": "Minimum"}
    return [{"Id": AGE, "MetricStat": stat, "ReturnData": True}]


def _newest(
    client: Any, queries: Sequence[dict[str, Any]], query_id: str, hour: datetime
) -> Iterator[tuple[datetime, float]]:
    """The datapoints of a query with their times, newest first."""
    request: dict[str, Any] = {
        "MetricDataQueries": list(queries),
        "StartTime": hour - RETENTION,
        "EndTime": hour + PERIOD,
        "ScanBy": "TimestampDescending",
    }
    while True:
        answer = client.get_metric_data(**request)
        for result in answer["MetricDataResults"]:
            if result["Id"] == query_id:
                yield from sorted(zip(result["Timestamps"], result["Values"], strict=True), reverse=True)
        if not answer.get("NextToken"):
            return
        request["NextToken"] = answer["NextToken"]
