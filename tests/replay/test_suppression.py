"""When a suppressor withholds actions, and until when.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
"""

import pytest

from constructs_lib.replay.suppression import Suppression

WAIT, EXTENSION = 120.0, 180.0


@pytest.fixture
def suppression() -> Suppression:
    return Suppression("deploys", WAIT, EXTENSION)


def test_nothing_is_withheld_while_nothing_happens(suppression: Suppression) -> None:
    assert suppression.look(0, "OK") is None
    assert suppression.by(0) is None


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA", None])
def test_a_change_waits_for_a_suppressor_that_does_not_ring(
    suppression: Suppression, state: str | None
) -> None:
    suppression.look(10, state)

    assert suppression.changed(10) == 10 + WAIT
    assert suppression.by(10) == suppression.by(129) == "WaitPeriod"
    assert suppression.by(130) is None


def test_a_suppressor_that_rings_ends_the_wait(suppression: Suppression) -> None:
    suppression.changed(0)
    suppression.look(60, "ALARM")

    assert suppression.by(60) == suppression.by(1_000) == "Alarm"
    assert suppression.changed(1_000) is None


def test_its_recovery_begins_an_extension(suppression: Suppression) -> None:
    suppression.look(0, "ALARM")

    assert suppression.look(60, "OK") == 60 + EXTENSION
    assert suppression.by(60) == suppression.by(239) == "ExtensionPeriod"
    assert suppression.by(240) is None


def test_an_extension_begins_once(suppression: Suppression) -> None:
    suppression.look(0, "ALARM")
    suppression.look(60, "OK")

    assert suppression.look(120, "OK") is None
    assert suppression.by(240) is None


def test_a_change_in_the_extension_discards_it_and_waits(suppression: Suppression) -> None:
    suppression.look(0, "ALARM")
    suppression.look(60, "OK")

    assert suppression.changed(70) == 70 + WAIT
    assert suppression.by(189) == "WaitPeriod"
    assert suppression.by(190) is None


def test_a_suppressor_that_rings_again_withholds_again(suppression: Suppression) -> None:
    suppression.look(0, "ALARM")
    suppression.look(60, "OK")
    suppression.look(90, "ALARM")

    assert suppression.by(1_000) == "Alarm"
    assert suppression.look(2_000, "OK") == 2_000 + EXTENSION


def test_without_periods_only_the_alarm_itself_withholds() -> None:
    suppression = Suppression("deploys", 0, 0)
    suppression.changed(5)

    assert suppression.by(5) is None
    suppression.look(5, "ALARM")
    assert suppression.by(5) == "Alarm"
    suppression.look(6, "OK")
    assert suppression.by(6) is None
