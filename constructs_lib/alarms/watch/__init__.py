"""An aspect that gives alarms to whatever an app has and nobody watches."""

from constructs_lib.alarms.watch.equipping import RouteOfStack, stack_topic
from constructs_lib.alarms.watch.selection import Select
from constructs_lib.alarms.watch.watch import Watch

__all__ = ["RouteOfStack", "Select", "Watch", "stack_topic"]
