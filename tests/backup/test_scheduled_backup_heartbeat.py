"""The heartbeat of a deployed scheduled backup: quiet while the schedule runs, ringing while it is disabled.

The schedule keeps its rate of one minute, the shortest that Scheduler has. Compressed is who watches: somebody looks
every few seconds instead of every five minutes, by the event of the deployed schedule of looks. So a period of the
alarm is ten seconds instead of five minutes, and it rings after 80 seconds without a backup instead of an hour and two
minutes. Everything else is as deployed: function, metric, comparison, and what missing data means.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.backup.test_scheduled_backup_deployed import Outputs, deployed  # noqa: F401 - a fixture

PERIOD, PROMISED = 10, 80
LOOK_EVERY = 3.0


class Heartbeat:
    """What one sees of the deployed backup, and can do to it."""

    def __init__(self, cloud: LocalCloud, outputs: Outputs) -> None:
        self._outputs = outputs
        self._watch, self._function = cloud.client("cloudwatch"), cloud.client("lambda")
        self._scheduler, self._tables = cloud.client("scheduler"), cloud.client("dynamodb")
        own = {"look" in json.loads(each["Target"]["Input"]): each for each in self._schedules()}
        self.runs, self.looks = own[False], own[True]

    def _schedules(self) -> Iterator[dict[str, Any]]:
        for page in self._scheduler.get_paginator("list_schedules").paginate():
            for each in page["Schedules"]:
                found = self._scheduler.get_schedule(Name=each["Name"], GroupName=each["GroupName"])
                if found["Target"]["Arn"] == self._outputs["Function"]:
                    yield found

    def switch(self, state: str) -> None:
        """Enable or disable the schedule that makes backups."""
        taken = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
        self._scheduler.update_schedule(**{name: self.runs[name] for name in taken}, State=state)

    def compress(self) -> dict[str, Any]:
        """Let the alarm look at seconds instead of minutes; the alarm as it was deployed."""
        (alarm,) = self._watch.describe_alarms(AlarmNames=[self._outputs["Age"]])["MetricAlarms"]
        settable = self._watch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
        kept = {name: value for name, value in alarm.items() if name in settable}
        self._watch.put_metric_alarm(**{**kept, "Period": PERIOD, "Threshold": PROMISED})
        before: dict[str, Any] = alarm
        return before

    def state(self) -> str:
        """The alarm's state, after another look."""
        self._function.invoke(FunctionName=self._outputs["Function"], Payload=self.looks["Target"]["Input"])
        (alarm,) = self._watch.describe_alarms(AlarmNames=[self._outputs["Age"]])["MetricAlarms"]
        time.sleep(LOOK_EVERY)
        found: str = alarm["StateValue"]
        return found

    def newest(self) -> float:
        """When the newest backup was made; 0 where there is none."""
        pages = self._tables.get_paginator("list_backups").paginate(TableName=self._outputs["Table"])
        made = [each["BackupCreationDateTime"] for page in pages for each in page["BackupSummaries"]]
        return max((each.timestamp() for each in made), default=0.0)

    def goes_to(self, state: str, *, seconds: float) -> float:
        """When the alarm is seen to be in `state`."""
        eventually(lambda: self.state() == state, f"the state {state}", seconds=seconds)
        return time.time()

    def states_until(self, done: Callable[[], bool], *, seconds: float) -> set[str]:
        """All states of the alarm that are seen until it is `done`."""
        seen: set[str] = set()

        def look() -> bool:
            seen.add(self.state())
            return done()

        eventually(look, "the end of watching", seconds=seconds)
        return seen


def test_it_rings_while_the_schedule_is_disabled_and_is_quiet_otherwise(
    bootstrapped_cloud: LocalCloud,
    deployed: Outputs,  # noqa: F811 - the fixture
) -> None:
    heart = Heartbeat(bootstrapped_cloud, deployed)
    alarm = heart.compress()
    assert (alarm["Threshold"], alarm["Period"], alarm["TreatMissingData"]) == (3_720, 300, "breaching")

    # It stays quiet for longer than promised since the first look, as there is a backup in between.
    quiet_since = heart.goes_to("OK", seconds=60)
    assert heart.states_until(lambda: time.time() > quiet_since + PROMISED + 2 * PERIOD, seconds=150) == {
        "OK"
    }
    assert heart.newest() > quiet_since

    heart.switch("DISABLED")
    last = heart.newest()
    rang = heart.goes_to("ALARM", seconds=PROMISED + 6 * PERIOD)
    assert heart.newest() == last
    assert rang >= last + PROMISED

    heart.switch("ENABLED")
    heart.goes_to("OK", seconds=90)
    assert heart.newest() > rang
