"""One time series of an alarm that watches several."""

import time
from dataclasses import dataclass

from constructs_lib.replay.evaluation import State


@dataclass
class Contributor:
    """Its identity, and the state it is in."""

    identifier: str
    attributes: dict[str, str]
    state: State = "OK"
    reason: str = ""
    since: float = 0.0

    def move(self, state: State, reason: str) -> None:
        """Go to another state, now."""
        self.state, self.reason, self.since = state, reason, time.time()
