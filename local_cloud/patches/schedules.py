"""EventBridge Scheduler looks at its schedules more often than MiniStack's every ten seconds."""

from local_cloud.hooks import replace
from local_cloud.settings import Settings


def install() -> None:
    replace(
        "services.scheduler._SCHEDULE_TICK_INTERVAL", lambda _: Settings.from_environment().scheduler_tick
    )
