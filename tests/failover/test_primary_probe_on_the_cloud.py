"""The probe with real clients and both of its alarms, against the services of the local cloud."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import trustme

from constructs_lib.alarms import AlarmRoute
from constructs_lib.failover.primary_probe import PrimaryProbe
from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.failover.parts import load_handler, stack_in
from tests.failover.primaries import HOST, Primary, answers, running, served_by
from tests.synthesis import synthesize

REGION = "us-west-2"
NAME = f"Probe{uuid4().hex[:8]}"
ALARM = "AWS::CloudWatch::Alarm"


class Watched:
    """A primary that is asked minute by minute, and what the two alarms on it say."""

    def __init__(self, cloud: LocalCloud, primary: Primary, names: dict[str, str]) -> None:
        self.primary = primary
        self._begun = datetime.now(UTC)
        self._cloudwatch = cloud.client("cloudwatch", REGION)
        self._names = names
        self._handler = load_handler("primary_probe").handler

    def asked(self, *minutes: int) -> list[int]:
        """What is found in calls that were due so many minutes after the test began."""
        due = [(self._begun + timedelta(minutes=each)).isoformat() for each in minutes]
        return [self._handler({"scheduled": each}, None)["answers"] for each in due]

    def answers(self, status: int) -> None:
        self.primary.behave = answers(status)

    def state(self, alarm: str) -> str:
        found = self._cloudwatch.describe_alarms(AlarmNames=[self._names[alarm]])["MetricAlarms"]
        state: str = found[0]["StateValue"]
        return state

    def becomes(self, alarm: str, state: str) -> None:
        eventually(lambda: self.state(alarm) == state, f"{alarm} to be {state}", seconds=20)


@pytest.fixture
def watched(cloud: LocalCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """The alarms of a `PrimaryProbe`, deployed, and its function's environment here."""
    stack = stack_in(REGION)
    PrimaryProbe(stack, "Probe", host="orders.example.com", route=AlarmRoute.silent())
    result = synthesize(stack)
    variables = result.only("AWS::Lambda::Function")["Environment"]["Variables"]
    alarms = result.of_type(ALARM)
    for alarm in alarms.values():  # its text names the log group, which is not deployed
        alarm["Properties"].pop("AlarmDescription")
    names = {"Alarm": "ProbeAlarm", "Silence": "ProbeSilence"}
    ids = {name: result.only_id(ALARM, under=under) for name, under in names.items()}
    outputs = deploy(cloud, NAME, alarms, REGION, **{name: {"Ref": each} for name, each in ids.items()})
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    with running(Primary(context=served_by(authority), behave=answers(200))) as primary:
        for name, value in {
            **variables,
            "PROBE_HOST": HOST,
            "PROBE_PORT": str(primary.port),
            "PROBE_NAME": f"{NAME}/Probe",
            "PROBE_PAUSE_SECONDS": "0",
            "PROBE_ANSWER_SECONDS": "10",  # this machine may be busy
            "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            if isinstance(value, str):
                monkeypatch.setenv(name, value)
        yield Watched(cloud, primary, outputs)
    cloud.client("cloudformation", REGION).delete_stack(StackName=NAME)


def test_people_hear_of_a_probe_that_says_nothing_and_the_standby_of_a_primary_that_does_not_answer(
    watched: Watched,
) -> None:
    watched.becomes("Silence", "ALARM")
    assert watched.state("Alarm") == "INSUFFICIENT_DATA"

    assert watched.asked(-2, -1) == [1, 1]
    watched.becomes("Alarm", "OK")
    watched.becomes("Silence", "OK")

    watched.answers(503)
    assert watched.asked(-2) == [0]
    with pytest.raises(TimeoutError):  # one bad minute is none
        eventually(lambda: watched.state("Alarm") != "OK", "a change", seconds=4)
    assert watched.asked(-1) == [0]
    watched.becomes("Alarm", "ALARM")

    watched.answers(200)
    assert watched.asked(0) == [1]
    watched.becomes("Alarm", "OK")
