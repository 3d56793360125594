"""What `constructs_lib.dead_letters` offers to an app."""

from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.dead_letters.asynchronous import DeadLetters, add_dead_letters
from constructs_lib.dead_letters.redrive.redrive import Redrive
from constructs_lib.dead_letters.redrive.redriven_queue import RedrivenQueue
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy
from constructs_lib.dead_letters.sources.bus_source import BusSource
from constructs_lib.dead_letters.sources.queue_pair import FifoOptions
from constructs_lib.dead_letters.sources.queue_source import QueueSource
from constructs_lib.dead_letters.sources.s3_events import S3EventType
from constructs_lib.dead_letters.sources.s3_source import S3Source
from constructs_lib.dead_letters.sources.schedule_heartbeat import ScheduleHeartbeat
from constructs_lib.dead_letters.sources.schedule_source import ScheduleSource
from constructs_lib.dead_letters.sources.stream_source import StreamSource
from constructs_lib.dead_letters.sources.topic_source import TopicSource

__all__ = [
    "BusSource",
    "DeadLetterQueue",
    "DeadLetters",
    "FifoOptions",
    "QueueSource",
    "Redrive",
    "RedriveSettings",
    "RedrivenQueue",
    "S3EventType",
    "S3Source",
    "ScheduleHeartbeat",
    "ScheduleSource",
    "StreamSource",
    "TopicSource",
    "WrittenBy",
    "add_dead_letters",
]
