"""What `constructs_lib.replay` offers to tests and scripts."""

from constructs_lib.replay.advice import Advice, AlarmAdvice, NotAdvised, advise
from constructs_lib.replay.evaluation import evaluate
from constructs_lib.replay.replaying import replay
from constructs_lib.replay.report import Detection, NoSuchAlarmError, Report, StackReport
from constructs_lib.replay.seeded import Incidents
from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.files.reading import read_timeline
from constructs_lib.replay.timelines.files.timeline_file import write_timeline
from constructs_lib.replay.timelines.incidents.api import HttpApi, RestApi
from constructs_lib.replay.timelines.incidents.dynamodb_table import DynamoDbTable
from constructs_lib.replay.timelines.incidents.incident import Incident, normal_traffic
from constructs_lib.replay.timelines.incidents.lambda_function import LambdaFunction
from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.metric_targets import Counter, Gauge, Timer
from constructs_lib.replay.timelines.incidents.season import FLAT, Season
from constructs_lib.replay.timelines.incidents.shape import Shape, flapping, slow_ramp
from constructs_lib.replay.timelines.incidents.shapes import (
    DeadLetterDrip,
    ErrorBurst,
    LatencyStep,
    RegionOutage,
    Silence,
    StalledConsumer,
    Step,
    ThrottleStorm,
    TrafficSpike,
)
from constructs_lib.replay.timelines.incidents.sqs_queue import DeadLetterQueue, SqsQueue
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Mark, Timeline
from constructs_lib.replay.verdict import Verdict

__all__ = [
    "FLAT",
    "Advice",
    "AlarmAdvice",
    "Counter",
    "DeadLetterDrip",
    "DeadLetterQueue",
    "Detection",
    "DynamoDbTable",
    "ErrorBurst",
    "Gauge",
    "HttpApi",
    "Incident",
    "Incidents",
    "LambdaFunction",
    "Latency",
    "LatencyStep",
    "Mark",
    "MetricSeries",
    "NoSuchAlarmError",
    "NotAdvised",
    "RegionOutage",
    "Report",
    "RestApi",
    "Season",
    "Shape",
    "Silence",
    "SqsQueue",
    "StackReport",
    "StalledConsumer",
    "Step",
    "Target",
    "ThrottleStorm",
    "Timeline",
    "TimelineError",
    "Timer",
    "TrafficSpike",
    "Verdict",
    "advise",
    "evaluate",
    "flapping",
    "normal_traffic",
    "read_timeline",
    "replay",
    "slow_ramp",
    "write_timeline",
]
