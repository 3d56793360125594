"""What is simulated: a name, its health checks, what wakes the standby; and how long a failover may take."""

from dataclasses import dataclass

from failover_controller.model import Settings, Sleeper

ENDPOINT, STANDBY, TAKE_OVER, PRIMARY = "endpoint", "standby", "take-over", "primary"
"""Health checks: the primary's endpoint, the standby's, what the standby says, and what counts for the primary."""

ANSWERING = 4 + 2
"""Seconds that a checker waits for a connection and for a status.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""
MINUTE = 60
"""The period of metrics, the time from one look of the controller to the next, and how late Scheduler may be.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""
PROBE_MINUTES = 2
"""So many minutes in a row the primary must not have answered the standby's probe."""
PROBE_ATTEMPTS = 3
PROBE_PAUSE = 2
PROBE_TIMEOUT = PROBE_ATTEMPTS * ANSWERING + (PROBE_ATTEMPTS - 1) * PROBE_PAUSE + 13
CONTROLLER_TIMEOUT = 60

CONTROLLER = Settings(
    name="Shop",
    alarm="PrimaryDown",
    observations=2,
    spacing=20,
    gap=240,
    between=600,
    healthy_for=900,
    drain=300,
    wake_up_limit=30,
    lease=CONTROLLER_TIMEOUT + 15,
    sleepers=tuple(Sleeper(kind="reserved", name=name, asleep=0, awake=10) for name in ("orders", "mail")),
)
"""As the construct sets it when nothing is said."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """One way to fail over. Times are in seconds.

    Attributes:
        name: what people call it.
        interval: from an answer to the next request of a checker.
        threshold: so many requests in a row change a checker's opinion.
        ttl: of the name.
        allowance: within which all name servers know.
        primary_check: the health check of the primary's record; None for none.
        secondary_check: likewise of the secondary's.
        controller: what wakes the standby; None where nothing sleeps.
        between: the damping that a controller is held to, whatever its own settings say.
        asleep: the share of all requests that the standby serves while it sleeps.
        watches_load: whether the alarm that decides rings for requests that a sleeping standby throttles, too.
    """

    name: str
    interval: int = 30
    threshold: int = 3
    ttl: int = 60
    allowance: int = 10
    primary_check: str | None = PRIMARY
    secondary_check: str | None = STANDBY
    controller: Settings | None = CONTROLLER
    between: float = CONTROLLER.between
    asleep: float = 0.0
    watches_load: bool = False


HOT = Setup(name="hot", primary_check=ENDPOINT, controller=None, asleep=1.0)
WARM = Setup(name="warm", asleep=0.3, watches_load=True)
COLD = Setup(name="cold")
SETUPS = (HOT, WARM, COLD)


def steps(setup: Setup) -> list[tuple[str, float]]:
    """The worst case of a failover, as the plan of the constructs adds it up: the slowest way, step by step."""
    probed = float(setup.threshold * (setup.interval + ANSWERING))
    endpoint = [("Route 53 sees that the primary does not answer", probed)]
    ways = [endpoint]
    if setup.controller:
        woken = [
            ("the alarm rings", float(PROBE_MINUTES * MINUTE + MINUTE + PROBE_TIMEOUT + MINUTE)),
            (
                "the controller sees the alarm ringing",
                float(setup.controller.observations * (MINUTE + MINUTE)),
            ),
            ("the standby wakes up", setup.controller.wake_up_limit),
        ]
        if not setup.asleep:
            woken.append(("Route 53 sees that the standby answers", probed))
        ways = [
            [*endpoint, *woken],
            [*woken, ("Route 53 sees that the standby has taken over", float(MINUTE))],
        ]
    slowest = max(ways, key=lambda way: sum(seconds for _, seconds in way))
    return [
        *slowest,
        ("Route 53's name servers know", float(setup.allowance)),
        ("resolvers forget the primary", float(setup.ttl)),
    ]


def worst_case(setup: Setup) -> float:
    """The sum of the steps, in seconds."""
    return sum(seconds for _, seconds in steps(setup))
