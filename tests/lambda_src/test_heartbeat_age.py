"""The publisher of a heartbeat's age, on a CloudWatch that remembers what it is told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import heartbeat_age
import pytest
from heartbeat_age import Heartbeat, age, publish

NOW = datetime(2026, 3, 20, 10, 37, 21, tzinfo=UTC)
HOUR = datetime(2026, 3, 20, 10, tzinfo=UTC)
WORK = {
    "Id": "work",
    "ReturnData": True,
    "MetricStat": {
        "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": []},
        "Period": 3_600,
        "Stat": "Sum",
    },
}
BEAT = Heartbeat(queries=[WORK], namespace="constructs_lib/Heartbeat", metric="Age", name="Shop/Backup")

Series = dict[datetime, float]


@dataclass
class CloudWatch:
    """Answers like CloudWatch: newest first, a few datapoints at a time, nothing older than 455 days."""

    work: Series = field(default_factory=dict)
    ages: Series = field(default_factory=dict)
    page: int = 2
    asked: list[dict[str, Any]] = field(default_factory=list)

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        assert request["ScanBy"] == "TimestampDescending"
        (query,) = request["MetricDataQueries"]
        series = self.work if query["Id"] == "work" else self.ages
        times = sorted((t for t in series if request["StartTime"] <= t < request["EndTime"]), reverse=True)
        start = int(request.get("NextToken", 0))
        page = times[start : start + self.page]
        more = {"NextToken": str(start + self.page)} if start + self.page < len(times) else {}
        result = {"Id": query["Id"], "Timestamps": page, "Values": [series[t] for t in page]}
        return {"MetricDataResults": [result]} | more

    def put_metric_data(self, *, Namespace: str, MetricData: list[dict[str, Any]]) -> None:  # noqa: N803 - boto3's
        (datum,) = MetricData
        assert Namespace == "constructs_lib/Heartbeat"
        assert datum["MetricName"] == "Age"
        assert datum["Dimensions"] == [{"Name": "Heartbeat", "Value": "Shop/Backup"}]
        assert datum["Unit"] == "Seconds"
        assert datum["Timestamp"] == datum["Timestamp"].replace(minute=0, second=0, microsecond=0)
        self.ages[datum["Timestamp"]] = datum["Value"]


def days(count: float) -> timedelta:
    return timedelta(days=count)


def test_the_age_is_that_of_the_newest_hour_that_counted_something() -> None:
    client = CloudWatch(work={HOUR - days(40): 3.0, HOUR - days(12): 1.0})

    assert publish(client, BEAT, NOW) == days(12).total_seconds()
    assert client.ages == {HOUR: days(12).total_seconds()}


def test_hours_that_counted_nothing_do_not_count() -> None:
    quiet = {HOUR - timedelta(hours=n): 0.0 for n in range(24)}
    client = CloudWatch(work=quiet | {HOUR - days(12): 1.0})

    assert publish(client, BEAT, NOW) == days(12).total_seconds()
    pages = [each for each in client.asked if each["MetricDataQueries"][0]["Id"] == "work"]
    assert len(pages) == 13


def test_work_of_this_hour_makes_it_new() -> None:
    assert publish(CloudWatch(work={HOUR: 1.0}), BEAT, NOW) == 0


def test_what_was_never_done_counts_from_the_first_time_that_anybody_asked() -> None:
    client = CloudWatch()

    found = [publish(client, BEAT, NOW + timedelta(hours=n)) for n in range(4)]

    assert found == [0, 3_600, 7_200, 10_800]


def test_the_age_grows_by_an_hour_an_hour_whenever_in_it_the_publisher_runs() -> None:
    client = CloudWatch(work={HOUR - days(1): 1.0})

    found = [publish(client, BEAT, HOUR + timedelta(hours=n, minutes=17 * n % 60)) for n in range(10)]

    assert found == [days(1).total_seconds() + 3_600 * n for n in range(10)]


def test_an_age_outlives_what_cloudwatch_keeps() -> None:
    done = HOUR - days(1)
    client = CloudWatch(work={done: 1.0})
    now = NOW
    while now < NOW + days(460):
        publish(client, BEAT, now)
        now += days(7)

    assert max(client.ages.values()) > days(455).total_seconds()
    assert max(client.ages.values()) == (max(client.ages) - done).total_seconds()


def test_a_metric_under_a_new_name_starts_no_alarm() -> None:
    client = CloudWatch(ages={HOUR - timedelta(hours=1): 50.0 * 3_600})

    assert publish(client, BEAT, NOW) == 51 * 3_600


def test_work_after_a_gap_of_the_publisher_counts() -> None:
    client = CloudWatch(work={HOUR - days(2): 1.0}, ages={HOUR - days(10): days(30).total_seconds()})

    assert age(client, BEAT, HOUR) == days(2).total_seconds()


def test_it_asks_for_all_that_cloudwatch_keeps_and_the_present_hour() -> None:
    client = CloudWatch()
    publish(client, BEAT, NOW)

    for request in client.asked:
        assert request["StartTime"] == HOUR - days(455)
        assert request["EndTime"] == HOUR + timedelta(hours=1)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        "HEARTBEAT_QUERIES": '[{"Id": "work"}]',
        "HEARTBEAT_NAMESPACE": "constructs_lib/Heartbeat",
        "HEARTBEAT_METRIC": "Age",
        "HEARTBEAT_NAME": "Shop/Backup",
    }
    for name, value in names.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("environment")
def test_the_handler_is_told_what_to_do_by_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    client = CloudWatch(work={datetime.now(UTC) - days(1): 1.0})
    monkeypatch.setattr(boto3, "client", {"cloudwatch": client}.__getitem__)

    answer = heartbeat_age.handler({}, None)

    assert answer["age"] == pytest.approx(days(1).total_seconds(), abs=3_600)
    assert Heartbeat.from_environment().queries == [{"Id": "work"}]
