"""What `constructs_lib.replay` offers to tests and scripts."""

from constructs_lib.replay.evaluation import evaluate
from constructs_lib.replay.replaying import replay
from constructs_lib.replay.report import Detection, NoSuchAlarmError, Report, StackReport
from constructs_lib.replay.verdict import Verdict

__all__ = [
    "Detection",
    "NoSuchAlarmError",
    "Report",
    "StackReport",
    "Verdict",
    "evaluate",
    "replay",
]
