"""What is advised catches the incidents, rings seldom besides, and comes to what it says when it is replayed."""

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.replay import Advice, AlarmAdvice, Mark, MetricSeries, Timeline, advise, replay
from constructs_lib.replay.advice_search import Settings, Trial
from tests.replay.small_app import START, alarm, app

DAY = 1440


def noise(days: int = 7, *, level: float = 100, spread: float = 10, seed: int = 1) -> list[float]:
    """A metric by minute that goes its way."""
    return [round(each, 3) for each in np.random.default_rng(seed).normal(level, spread, days * DAY)]


def incident(at: int, lasts: int = 30, name: str = "incident") -> Mark:
    """One `at` so many minutes after the start."""
    start = START + timedelta(minutes=at)
    return Mark(name=name, start=start, end=start + timedelta(minutes=lasts))


def put(values: list[Any], at: int, *some: Any) -> list[Any]:
    return [*values[:at], *some, *values[at + len(some) :]]


def timeline(*marks: Mark, **metrics: list[Any]) -> Timeline:
    series = [MetricSeries.of("Shop", name, {}, values, start=START) for name, values in metrics.items()]
    return Timeline.of(series, marks)


def only(advice: Advice) -> AlarmAdvice:
    (found,) = advice.changes
    return found


def changed(resource: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The alarm as it is advised to be."""
    properties = {
        **resource["Properties"],
        "Threshold": settings.threshold,
        "DatapointsToAlarm": settings.needed,
        "EvaluationPeriods": settings.periods,
    }
    return {**resource, "Properties": properties}


def rings(resource: dict[str, Any], metrics: Timeline) -> list[float]:
    """The minutes in which the alarm goes to ALARM."""
    found = [each for each in replay(app(Latency=resource), metrics).transitions if each.after == "ALARM"]
    return [(each.at - START.timestamp()) / 60 for each in found]


HIGH = alarm("Latency", Statistic="Average", Threshold=1000, EvaluationPeriods=3, DatapointsToAlarm=3)
LOW = alarm("Latency", Statistic="Average", Threshold=110)
SLOW = put(noise(), 3 * DAY, *[300.0] * 30)
SPIKES = put(put(SLOW, DAY, 300.0), 5 * DAY, 300.0)


class TestThreshold:
    def test_one_that_is_too_high_is_lowered_to_what_catches_the_incident(self) -> None:
        metrics = timeline(incident(3 * DAY), Latency=SLOW)

        found = only(advise(app(Latency=HIGH), metrics))

        assert found.was.caught == {}
        assert 150 < found.after.threshold <= 300
        assert found.would_be.false == 0
        assert rings(changed(HIGH, found.after), metrics) == [3 * DAY + found.would_be.caught[0] / 60]

    def test_one_that_is_too_low_is_raised_to_what_normal_times_do_not_reach(self) -> None:
        metrics = timeline(incident(3 * DAY), Latency=SLOW)

        found = only(advise(app(Latency=LOW), metrics))

        assert found.was.false > 100
        assert found.would_be.false == 0
        assert found.after.threshold > max(noise())
        assert rings(changed(LOW, found.after), metrics) == [3 * DAY + found.would_be.caught[0] / 60]

    def test_one_that_falls_is_raised(self) -> None:
        falling = alarm("Latency", Statistic="Average", Threshold=1, ComparisonOperator="LessThanThreshold")
        metrics = timeline(incident(3 * DAY), Latency=put(noise(), 3 * DAY, *[20.0] * 30))

        found = only(advise(app(Latency=falling), metrics))

        assert 20 < found.after.threshold < min(noise())
        assert rings(changed(falling, found.after), metrics) == [3 * DAY + found.would_be.caught[0] / 60]

    def test_that_of_an_expression_is_advised_too(self) -> None:
        def metric(name: str) -> dict[str, Any]:
            stat = {"Metric": {"Namespace": "Shop", "MetricName": name}, "Period": 60, "Stat": "Sum"}
            return {"Id": name.lower(), "ReturnData": False, "MetricStat": stat}

        rate = {"Id": "rate", "Expression": "100 * errors / requests"}
        expressed = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}
        of_rate = alarm(
            "Rate", **expressed, Metrics=[rate, metric("Errors"), metric("Requests")], Threshold=50
        )
        errors = put([1.0] * 2 * DAY, DAY, *[20.0] * 30)
        metrics = timeline(incident(DAY), Errors=errors, Requests=[100.0] * 2 * DAY)

        assert 1 < only(advise(app(Rate=of_rate), metrics)).after.threshold <= 20

    def test_it_has_no_more_digits_than_people_remember(self) -> None:
        found = only(advise(app(Latency=HIGH), timeline(incident(3 * DAY), Latency=SLOW)))

        assert found.after.threshold == float(f"{found.after.threshold:.2g}")


class TestDatapoints:
    def test_short_spikes_are_left_out_by_more_datapoints(self) -> None:
        resource = alarm("Latency", Statistic="Average", Threshold=250)
        metrics = timeline(incident(3 * DAY), Latency=SPIKES)

        found = only(advise(app(Latency=resource), metrics))

        assert (found.was.false, found.would_be.false) == (2, 0)
        assert found.after.needed == 2
        assert found.after.threshold == 250  # the least change
        assert rings(changed(resource, found.after), metrics) == [3 * DAY + 2]

    def test_more_periods_than_given_are_not_tried(self) -> None:
        resource = alarm("Latency", Statistic="Average", Threshold=250)
        metrics = timeline(incident(3 * DAY), Latency=SPIKES)

        assert advise(app(Latency=resource), metrics, most_periods=1).changes == ()

    def test_those_that_the_alarm_has_are_tried_too(self) -> None:
        resource = alarm("Latency", Statistic="Average", Threshold=250, EvaluationPeriods=9)
        metrics = timeline(incident(3 * DAY, lasts=4), Latency=put(noise(), 3 * DAY, *[300.0] * 4))

        found = only(advise(app(Latency=resource), metrics, most_periods=2))

        assert found.after.periods in {1, 2, 9}
        assert found.was.caught == {}
        assert found.would_be.caught.keys() == {0}


class TestNoLess:
    RESOURCE = alarm("Latency", Statistic="Average", Threshold=250)
    # The short incident looks like the spikes of every day.
    METRICS = timeline(
        incident(3 * DAY, name="long"),
        incident(6 * DAY, 5, name="short"),
        Latency=put(SPIKES, 6 * DAY, 300.0),
    )

    def test_nothing_is_advised_that_misses_what_is_caught_now(self) -> None:
        advice = advise(app(Latency=self.RESOURCE), self.METRICS)

        assert advice.changes == ()
        (stays,) = advice.alarms
        assert stays.was.caught.keys() == {0, 1}

    def test_it_is_where_that_is_asked_for(self) -> None:
        found = only(advise(app(Latency=self.RESOURCE), self.METRICS, may_miss=True))

        assert found.would_be.caught.keys() == {0}
        assert (found.was.false, found.would_be.false) == (2, 0)

    def test_catching_more_may_cost_as_many_false_rings_as_given(self) -> None:
        # One incident in a week, and a spike on each day that is as high and as long.
        values = noise()
        for day in range(7):
            values = put(values, day * DAY + 500, *[300.0] * 10)
        metrics = timeline(incident(3 * DAY + 500, 10), Latency=values)

        assert advise(app(Latency=HIGH), metrics).changes == ()
        found = only(advise(app(Latency=HIGH), metrics, most_false_a_week=6))
        assert found.would_be.false == 6

    def test_an_alarm_that_does_well_stays_as_it_is(self) -> None:
        resource = alarm("Latency", Statistic="Average", Threshold=200)
        advice = advise(app(Latency=resource), timeline(incident(3 * DAY), Latency=SLOW))

        assert advice.changes == ()
        assert [each.after for each in advice.alarms] == [Settings(200.0, 1, 1)]

    def test_an_alarm_that_catches_nothing_is_not_advised_to_ring_less(self) -> None:
        resource = alarm("Latency", Statistic="Average", Threshold=250)
        metrics = timeline(incident(6 * DAY), Latency=put(noise(), DAY, 300.0))

        advice = advise(app(Latency=resource), metrics)

        assert advice.changes == ()
        assert [each.alarm.path for each in advice.noisy] == ["Latency"]
        assert [mark.name for mark in advice.missed] == ["incident"]


class TestChance:
    def test_an_alarm_that_rings_all_the_time_catches_nothing(self) -> None:
        advice = advise(app(Latency=LOW), timeline(incident(3 * DAY), Latency=noise()))

        assert advice.alarms[0].was.caught == {}
        assert advice.alarms[0].was.false > 100

    @pytest.mark.parametrize("seed", range(6))
    def test_noise_is_no_incident(self, seed: int) -> None:
        metrics = timeline(incident(3 * DAY), Latency=noise(seed=seed))

        assert advise(app(Latency=HIGH), metrics).changes == ()

    @pytest.mark.parametrize("seed", [32, 50, 74])
    def test_nor_is_its_highest_point_where_it_happens_to_lie_in_one(self, seed: int) -> None:
        metrics = timeline(incident(3 * DAY, 240), Latency=noise(seed=seed))

        assert advise(app(Latency=HIGH), metrics).changes == ()


class TestWithin:
    def test_what_rings_later_than_asked_for_does_not_count(self) -> None:
        late = alarm("Latency", Statistic="Average", Threshold=250, EvaluationPeriods=15)
        metrics = timeline(incident(3 * DAY), Latency=SLOW)

        assert advise(app(Latency=late), metrics).changes == ()
        found = only(advise(app(Latency=late), metrics, within="5m"))
        assert found.was.caught == {}
        assert found.would_be.caught[0] <= 300

    def test_what_rings_while_the_alarm_still_looks_at_the_incident_is_not_false(self) -> None:
        values = put(noise(), 3 * DAY, *[300.0] * 4, 100.0, *[300.0] * 2)
        resource = alarm("Latency", Statistic="Average", Threshold=250, EvaluationPeriods=2)
        metrics = timeline(incident(3 * DAY, lasts=5), Latency=values)

        (stays,) = advise(app(Latency=resource), metrics).alarms

        assert len(rings(resource, metrics)) == 2
        assert stays.was.false == 0


class TestNotAdvised:
    @pytest.mark.parametrize(
        ("resource", "reason"),
        [
            (alarm("Other"), "the timeline has no such metric"),
            (alarm("Latency", Period=3600, EvaluationPeriods=25), "it looks back over more than a day"),
            (
                alarm(
                    "Latency",
                    Statistic=None,
                    ExtendedStatistic="p99",
                    EvaluateLowSampleCountPercentile="ignore",
                ),
                "it keeps its state where there are few samples",
            ),
            (alarm("Latency", Statistic="p1000"), "it is not evaluated: "),
        ],
    )
    def test_an_alarm_without_advice_says_why(self, resource: dict[str, Any], reason: str) -> None:
        advice = advise(app(Some=resource), timeline(incident(60), Latency=noise(1)))

        assert advice.alarms == ()
        (left,) = advice.not_advised
        assert (left.path, left.reason[: len(reason)]) == ("Some", reason)

    @pytest.mark.parametrize(
        ("expression", "more", "reason"),
        [
            ("RATE(m)", {}, "its expression looks at several datapoints"),
            (
                "ANOMALY_DETECTION_BAND(m, 2)",
                {
                    "ThresholdMetricId": "e",
                    "ComparisonOperator": "GreaterThanUpperThreshold",
                    "Threshold": None,
                },
                "its threshold is an anomaly band",
            ),
        ],
    )
    def test_nor_has_one_whose_datapoints_depend_on_others(
        self, expression: str, more: dict[str, Any], reason: str
    ) -> None:
        stat = {"Metric": {"Namespace": "Shop", "MetricName": "Latency"}, "Period": 60, "Stat": "Average"}
        metrics = [
            {"Id": "e", "Expression": expression},
            {"Id": "m", "MetricStat": stat, "ReturnData": "ThresholdMetricId" in more},
        ]
        expressed = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}
        resource = alarm("Some", **expressed, **more, Metrics=metrics)

        advice = advise(app(Some=resource), timeline(incident(60), Latency=noise(1)))

        assert [each.reason for each in advice.not_advised] == [reason]

    def test_without_an_incident_there_is_nothing_to_advise(self) -> None:
        advice = advise(app(Latency=LOW), timeline(Latency=noise(1)))

        assert advice.changes == ()
        assert advice.text().startswith("Nothing to advise: the timeline marks no incident.")


class TestForm:
    @pytest.fixture(scope="class")
    @staticmethod
    def advice() -> Advice:
        resources = {
            "Latency": alarm("Latency", Statistic="Average", Threshold=250),
            "Quiet": alarm("Quiet"),
            "Gone": alarm("Gone"),
        }
        metrics = timeline(
            incident(3 * DAY, name="slow database"),
            incident(6 * DAY, name="unseen"),
            Latency=SPIKES,
            Quiet=[0.0] * 7 * DAY,
        )
        return advise(app(**resources), metrics)

    def test_the_text_is_a_diff_against_the_template(self, advice: Advice) -> None:
        assert advice.text() == (
            "1 change advised, from 2 marked incidents in 7 days.\n"
            "\n"
            "Template: Latency (>= threshold, periods of 60 s)\n"
            "    Threshold: 250\n"
            "  - DatapointsToAlarm: 1\n"
            "  + DatapointsToAlarm: 2\n"
            "  - EvaluationPeriods: 1\n"
            "  + EvaluationPeriods: 2\n"
            "    caught          1 -> 1 of 2\n"
            "    time to detect  1m -> 2m\n"
            "    false rings     2 a week -> 0 a week\n"
            "\n"
            "1 alarm better left as it is.\n"
            "\n"
            "Caught by no metric alarm, with these changes either: unseen.\n"
            "\n"
            "No advice where the timeline has no such metric: Gone.\n"
        )

    @pytest.mark.parametrize("width", [40, 80, 200])
    def test_no_line_is_longer_than_asked_for(self, advice: Advice, width: int) -> None:
        assert max(map(len, advice.text(width).splitlines())) <= width

    def test_the_data_says_the_same(self, advice: Advice) -> None:
        data = json.loads(json.dumps(advice.as_json(), allow_nan=False))

        assert data["format"] == 1
        assert data["incidents"][0] == {
            "name": "slow database",
            "start": "2026-03-05T09:00:00Z",
            "end": "2026-03-05T09:30:00Z",
        }
        latency, quiet = data["alarms"]
        assert latency["changes"]
        assert latency["before"] == {
            "Threshold": 250.0,
            "DatapointsToAlarm": 1,
            "EvaluationPeriods": 1,
            "caught": [{"incident": "slow database", "seconds": 60.0}],
            "falseRings": 2,
            "falseRingsAWeek": 2.0,
        }
        assert latency["after"]["DatapointsToAlarm"] == 2
        assert latency["after"]["falseRings"] == 0
        assert not quiet["changes"]
        assert data["missed"] == ["unseen"]
        assert data["notAdvised"] == [
            {"stack": "Template", "path": "Gone", "reason": "the timeline has no such metric"}
        ]


@given(
    values=st.lists(st.none() | st.integers(0, 4).map(float), min_size=20, max_size=200),
    settings=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    threshold=st.sampled_from([1.0, 2.0, 3.0]),
    period=st.sampled_from([60, 180]),
    treatment=st.sampled_from(["missing", "ignore", "breaching", "notBreaching"]),
    operator=st.sampled_from(["GreaterThanOrEqualToThreshold", "LessThanThreshold"]),
)
def test_settings_come_to_what_a_replay_of_them_comes_to(
    *,
    values: list[float | None],
    settings: tuple[int, int],
    threshold: float,
    period: int,
    treatment: str,
    operator: str,
) -> None:
    needed, periods = min(settings), max(settings)
    resource = alarm(
        "Latency",
        Statistic="Maximum",
        Period=period,
        Threshold=threshold,
        EvaluationPeriods=periods,
        DatapointsToAlarm=needed,
        TreatMissingData=treatment,
        ComparisonOperator=operator,
    )
    (stack,) = replay(app(Latency=resource), timeline(incident(5, 10), Latency=[1.0, *values])).stacks
    trial = Trial(stack.seen[0], [(START.timestamp() + 300, START.timestamp() + 900)], float("inf"))

    ((tried, score),) = trial.scores(threshold, [(needed, periods)])

    assert tried == trial.now
    assert score == trial.score_now()
