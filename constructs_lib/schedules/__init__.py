"""How often a schedule fires: the gaps of rate and cron expressions of EventBridge Scheduler, in any time zone."""

from constructs_lib.schedules.cron_fields import Cron, UnknownExpressionError
from constructs_lib.schedules.expressions import largest_gap_of
from constructs_lib.schedules.largest_gap import Gap, largest_gap, shortest_gap

__all__ = ["Cron", "Gap", "UnknownExpressionError", "largest_gap", "largest_gap_of", "shortest_gap"]
