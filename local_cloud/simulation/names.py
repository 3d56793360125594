"""The name that fails over: the real choice among its records, and what clients that keep the TTL know of it."""

from bisect import bisect_right
from random import Random

from local_cloud.dns import routing
from local_cloud.dns.records import Record, Zone
from local_cloud.simulation.chance import Of, unit
from local_cloud.simulation.setups import Setup

_NAME = "shop.example.com."
CLIENTS = 12


class Name:
    """One failover name.

    Attributes:
        answers: from when the name servers give which answer; True for the standby.
        decided: when Route 53 decided on each.
    """

    def __init__(self, setup: Setup, passing: routing.Passing, seed: int) -> None:
        """Let health checks decide by `passing`."""
        checks = {"PRIMARY": setup.primary_check, "SECONDARY": setup.secondary_check}
        records = [
            Record(
                name=_NAME, type="A", set_identifier=which, failover=which, health_check=check, ttl=setup.ttl
            )
            for which, check in checks.items()
        ]
        self._zone = Zone("Z", "example.com", records)
        self._passing, self._seed, self._allowance = passing, seed, setup.allowance
        self._chance = Random(0)  # noqa: S311 - of one record there is nothing to choose
        self.answers: list[tuple[float, bool]] = [(0.0, False)]
        self.decided: list[float] = [0.0]

    def update(self, now: float) -> bool:
        """Decide anew; whether the answer changes, now or once the name servers know."""
        (record,) = routing.choose(
            self._zone.group(_NAME, "A"),
            lambda record: routing.is_healthy(record, self._zone, self._passing),
            None,
            self._chance,
        )
        to_standby = record.failover == "SECONDARY"
        if to_standby is self.answers[-1][1]:
            return False
        known = now + self._allowance * unit(self._seed, Of.KNOWN, len(self.answers))
        self.answers.append((max(known, self.answers[-1][0]), to_standby))
        self.decided.append(now)
        return True


class Clients:
    """Clients that resolve the name whenever its TTL is over, each at its own time."""

    def __init__(self, ttl: int, seed: int) -> None:
        """Resolve every `ttl` seconds."""
        self._ttl = ttl
        first = unit(seed, Of.CLIENTS)
        self._phases = [ttl * (number + first) / CLIENTS for number in range(CLIENTS)]

    def at_standby(self, answers: list[tuple[float, bool]], now: float) -> float:
        """The share of them that the name leads to the standby now."""
        if answers[-1][0] <= now - self._ttl:
            return float(answers[-1][1])
        count = 0
        for phase in self._phases:
            resolved = (now - phase) // self._ttl * self._ttl + phase
            count += answers[max(0, bisect_right(answers, (resolved, True)) - 1)][1]
        return count / CLIENTS

    def moves(self, answers: list[tuple[float, bool]]) -> list[tuple[float, int]]:
        """When one of them moves: 1 to the standby, or -1 back."""
        found = []
        for phase in self._phases:
            there = False
            for number, (known, to_standby) in enumerate(answers):
                resolved = -((phase - known) // self._ttl) * self._ttl + phase
                if number + 1 < len(answers) and answers[number + 1][0] <= resolved:
                    continue
                if to_standby is not there:
                    there = to_standby
                    found.append((resolved, 1 if there else -1))
        return sorted(found)
