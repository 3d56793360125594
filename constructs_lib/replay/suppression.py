"""When the actions of a composite alarm are withheld because of its suppressor, and until when.

While the suppressor is in ALARM, nothing is done. A change of the composite's state starts a wait period, in which the
suppressor may still ring; when the suppressor recovers, an extension period follows, in which the composite may
recover, too. A new change discards the period that runs and starts a wait period.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["SuppressedBy", "Suppression"]

SuppressedBy = Literal["Alarm", "WaitPeriod", "ExtensionPeriod"]
"""What withholds actions, as DescribeAlarms calls it."""


@dataclass
class Suppression:
    """What a composite alarm knows of its suppressor. Times are in seconds since 1970.

    Attributes:
        suppressor: its name.
        wait: seconds that it may take to ring.
        extension: seconds that actions are withheld after it has recovered.
        ringing: whether it was in ALARM when it was looked at last.
        waits_until: until when the wait period lasts.
        extended_until: until when the extension period lasts.
    """

    suppressor: str
    wait: float
    extension: float
    ringing: bool = False
    waits_until: float = 0.0
    extended_until: float = 0.0

    def look(self, now: float, state: str | None) -> float | None:
        """See the suppressor's state; until when an extension period lasts that begins with it."""
        recovered = self.ringing and state != "ALARM"
        self.ringing = state == "ALARM"
        if self.ringing:
            self.waits_until = 0.0
        if not recovered:
            return None
        self.extended_until = now + self.extension
        return self.extended_until

    def changed(self, now: float) -> float | None:
        """The composite has changed its state; until when a wait period lasts that begins with it."""
        if self.ringing:
            return None
        self.extended_until = 0.0
        self.waits_until = now + self.wait
        return self.waits_until

    def by(self, now: float) -> SuppressedBy | None:
        """What withholds actions; None where nothing does."""
        if self.ringing:
            return "Alarm"
        if now < self.waits_until:
            return "WaitPeriod"
        return "ExtensionPeriod" if now < self.extended_until else None
