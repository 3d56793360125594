"""What happens by itself every second or so: queue depths become metrics, and every alarm looks at its own.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

import logging
import threading
import time
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import alarm_actions, scope
from local_cloud.settings import Settings

_LOG = logging.getLogger("local_cloud.ticker")
_PERIOD = 60
_last: dict[tuple[str, str, str, str], tuple[int, float]] = {}


def start() -> None:
    """Tick in a thread of its own, as long as the process lives."""
    threading.Thread(
        target=_run, args=(Settings.from_environment().tick,), name="ticker", daemon=True
    ).start()


def _run(seconds: float) -> None:
    while True:
        time.sleep(seconds)
        for step in (_publish_queues, _evaluate_alarms, alarm_actions.release):
            try:
                step()
            except Exception:  # noqa: BLE001 - one lost tick must not be the last
                _LOG.exception("a tick was lost")


def _evaluate_alarms() -> None:
    evaluate = internal("services.cloudwatch._evaluate_alarm")
    for (account, region, _), alarm in internal("services.cloudwatch._alarms").all_items():
        with scope.scoped(account, region):
            evaluate(alarm)


def _publish_queues() -> None:
    for (account, region, url), queue in internal("services.sqs._queues").all_items():
        with scope.scoped(account, region):
            for metric, value in _depths(queue).items():
                _publish(account, region, url.rsplit("/", 1)[-1], metric, value)


def _depths(queue: dict[str, Any]) -> dict[str, float]:
    internal("services.sqs._refresh_counts")(queue)
    now, attributes = time.time(), queue["attributes"]
    ages = [now - message["sent_at"] for message in list(queue["messages"])]
    return {
        "ApproximateNumberOfMessagesVisible": float(attributes["ApproximateNumberOfMessages"]),
        "ApproximateNumberOfMessagesNotVisible": float(attributes["ApproximateNumberOfMessagesNotVisible"]),
        "ApproximateNumberOfMessagesDelayed": float(attributes["ApproximateNumberOfMessagesDelayed"]),
        "ApproximateAgeOfOldestMessage": float(int(max(ages, default=0))),
    }


def _publish(account: str, region: str, queue: str, metric: str, value: float) -> None:
    """Once a minute as SQS does, and at once when the figure has changed."""
    key, minute = (account, region, queue, metric), int(time.time() // _PERIOD)
    if _last.get(key) == (minute, value):
        return
    _last[key] = (minute, value)
    unit = "Seconds" if metric == "ApproximateAgeOfOldestMessage" else "Count"
    internal("services.cloudwatch.record_metric")("AWS/SQS", metric, value, unit, {"QueueName": queue})
