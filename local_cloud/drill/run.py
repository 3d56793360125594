"""The drill itself: traffic, a fault, the standby, the mended primary; once for each fault."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from local_cloud.demo import Script
from local_cloud.drill import checks
from local_cloud.drill.attempts import Attempt, acknowledged, by_client
from local_cloud.drill.evidence import Divergence, Evidence, acknowledged_since, collect, missing_orders
from local_cloud.drill.faults import FAULTS, Fault
from local_cloud.drill.figures import Phases, measure, within
from local_cloud.drill.report import short_name, summary
from local_cloud.drill.results import Drilled, FaultRun, Order
from local_cloud.drill.site import PRIMARY, STANDBY, Site
from local_cloud.drill.traffic import Habits, Traffic
from local_cloud.drill.waiting import wait_until
from local_cloud.drill.watch import Watch
from local_cloud.replication import Conflict
from local_cloud.server import LocalCloud

__all__ = ["drill"]

_HABITS = (Habits(), Habits(attempts=60))
"""Every second client gives an order up, as a person does; the others go on, as a queue of orders does."""
# Each environment is a process here. Without a bound, orders that wait for a slow machine start more of them.
_CONCURRENCY = "24"
_SETTLE_SECONDS = 5.0
_QUIET_SECONDS = 240.0
_WARM_SECONDS = 120.0
_LATE_SECONDS = 90.0


def drill(script: Script, order: Order) -> Drilled:
    """Deploy both Regions to a local cloud of their own, which ends with the drill, and drill every fault."""
    settings = {
        "LOCAL_CLOUD_HEALTH_CHECK_SPEED": f"{order.speed:g}",
        "LAMBDA_ACCOUNT_CONCURRENCY": _CONCURRENCY,
    }
    with (
        tempfile.TemporaryDirectory(prefix="drill-", ignore_cleanup_errors=True) as scratch,
        ExitStack() as stack,
    ):
        with script.step(f"Start a local AWS, for {order.consistency} consistency"):
            cloud = stack.enter_context(LocalCloud(settings=settings))
        assembly = Path(scratch) / "cdk.out"
        with script.step("Synthesize the order service in two Regions"):
            plan = Site.synthesize(cloud, order.consistency, assembly)
        with script.step("Deploy it"):
            Site.deploy(cloud, assembly)
        site = Site(cloud=cloud, plan=plan, speed=order.speed)
        site.fill_warehouses()
        drilled = Drilled(order=order, plan=plan)
        if not order.strong:
            cloud.replication_lag(order.lag)
        with Watch(site) as watch:
            _Drill(script, site, watch, drilled).run()
    return drilled


@dataclass(frozen=True, kw_only=True)
class _Apart:
    """Ids of orders that one Region has, and the other may not.

    Attributes:
        missing: what the primary acknowledged and the standby lacks.
        new: what the standby acknowledged since the fault.
    """

    missing: Sequence[str]
    new: Sequence[str]


class _Drill:
    """All faults on one site."""

    def __init__(self, script: Script, site: Site, watch: Watch, drilled: Drilled) -> None:
        self._script, self._site, self._watch, self._drilled = script, site, watch, drilled
        self._order = drilled.order
        self._traffic = Traffic(site.clients(self._order.clients), _HABITS)
        self._worst_case = site.worst_case()
        # Failing to fail over is a finding as well: it is not waited for much longer than it may take.
        self._limit = self._worst_case * 1.5 + 30

    def run(self) -> None:
        with self._script.step("Wait until health checks succeed in both Regions"):
            if not wait_until(self._site.all_healthy, timeout=_WARM_SECONDS):
                raise TimeoutError(f"health checks did not succeed within {_WARM_SECONDS:g} s")
        self._traffic.start()
        try:
            with self._script.step(f"{self._order.clients} clients begin to order from the primary"):
                if self._all_served_by(PRIMARY, _WARM_SECONDS, since=time.time()) is None:
                    raise TimeoutError(f"the primary did not serve every client within {_WARM_SECONDS:g} s")
            names = [
                (name, number) for number in range(1, self._order.runs + 1) for name in self._order.faults
            ]
            for name, number in names:
                self._wait_for_silence()
                self._fault(FAULTS[name], number)
        finally:
            self._traffic.stop()
        self._settle()

    def _fault(self, fault: Fault, number: int) -> None:
        script, began = self._script, time.time()
        conflicts = len(self._site.cloud.replication().conflicts)
        time.sleep(self._order.calm)
        with ExitStack() as broken:
            title = fault.title if number == 1 else f"{fault.title}, run {number}"
            with script.step(f"Break the primary: {title}"):
                self._traffic.wait_for_request_under_way()
                broken_at = time.time()
                broken.enter_context(fault.inject(self._site))
            script.say(f"users see: {fault.seen}")
            with script.step("Wait until the standby serves everybody"):
                failed_over = self._all_served_by(STANDBY, self._limit, since=broken_at)
            time.sleep(self._order.calm)
            apart = self._apart(broken_at)
            mended = time.time()
        waiting = self._site.cloud.replication().pending
        with script.step("Mend it, and wait until the primary serves everybody"):
            caught_up = self._caught_up([*apart.missing, *apart.new], mended)
            back = self._all_served_by(PRIMARY, self._limit, since=mended)
            time.sleep(_SETTLE_SECONDS)
        phases = Phases(
            fault=fault.name,
            number=number,
            began=began,
            broken=broken_at,
            failed_over=failed_over,
            mended=mended,
            back=back,
            ended=time.time(),
        )
        found = self._found(
            fault, phases, missing=apart.missing, waiting=waiting, caught_up=caught_up, conflicts=conflicts
        )
        self._drilled.runs.append(found)
        script.say(summary(found))

    def _apart(self, broken: float) -> "_Apart":
        """What the standby lacks, and what it took that the primary may lack."""
        attempts, table = self._traffic.attempts, self._site.orders(STANDBY)
        told = acknowledged(each for each in attempts if each.region == STANDBY and each.began >= broken)
        return _Apart(missing=missing_orders(attempts, table, PRIMARY, until=time.time()), new=list(told))

    def _found(
        self,
        fault: Fault,
        phases: Phases,
        *,
        missing: Sequence[str],
        waiting: int,
        caught_up: float | None,
        conflicts: int,
    ) -> FaultRun:
        attempts = self._traffic.attempts
        here = {region: self._site.orders(region) for region in (PRIMARY, STANDBY)}
        lag = 0.0 if self._order.strong else self._order.lag
        new: Sequence[Conflict] = self._site.cloud.replication().conflicts[conflicts:]
        run = FaultRun(
            phases=phases,
            figures=measure(
                attempts,
                self._watch.notices,
                phases,
                worst_case=self._worst_case,
                cut_off=fault.cut_off,
                primary=PRIMARY,
                standby=STANDBY,
            ),
            divergence=Divergence(
                missing=missing,
                within_lag=acknowledged_since(attempts, missing, phases.broken - lag),
                reappeared=[each for each in missing if all(each in table for table in here.values())],
                waiting=waiting,
                caught_up=caught_up,
                conflicts=new,
            ),
        )
        name = fault.name if self._order.runs == 1 else f"{fault.name} {phases.number}"
        self._drilled.checks += [
            *checks.of_fault(name, run.figures),
            *checks.of_divergence(
                name, run.divergence, run.figures, strong=self._order.strong, lag=self._order.lag
            ),
        ]
        return run

    def _all_served_by(self, region: str, limit: float, *, since: float) -> float | None:
        """When every client was served by `region`, and last asked there; None if that takes too long."""

        def everybody() -> bool:
            latest = {
                client: [each for each in tried if each.began >= since]
                for client, tried in by_client(self._traffic.attempts).items()
            }
            return len(latest) == self._traffic.clients and all(
                any(each.served and each.region == region for each in tried) and tried[-1].region == region
                for tried in latest.values()
            )

        return time.time() if wait_until(everybody, timeout=limit) else None

    def _caught_up(self, order_ids: Sequence[str], since: float) -> float | None:
        """Seconds until both Regions had all of the orders; None if that takes too long."""

        def everywhere() -> bool:
            tables = [self._site.orders(region) for region in (PRIMARY, STANDBY)]
            return all(order_id in table for order_id in order_ids for table in tables)

        done = wait_until(everywhere, timeout=self._order.lag + _LATE_SECONDS)
        return time.time() - since if done else None

    def _wait_for_silence(self) -> None:
        """An alarm that still rings would tell nobody of the next fault; those of the primary itself may take long."""
        if not self._ringing_outside():
            return
        with self._script.step("Wait until the alarms outside the primary are silent again"):
            wait_until(lambda: not self._ringing_outside(), timeout=_QUIET_SECONDS)
        if still := [short_name(name) for name in self._ringing_outside()]:
            self._script.say(f"still ringing: {', '.join(still)}")

    def _ringing_outside(self) -> Sequence[str]:
        ringing = self._watch.ringing().items()
        return [name for region, names in ringing if region != PRIMARY for name in names]

    def _settle(self) -> None:
        """Send again what could not be confirmed, and look at everything there is."""
        drilled = self._drilled
        with self._script.step("Count the orders in both Regions"):
            wait_until(self._all_confirmed, timeout=_LATE_SECONDS)
            time.sleep(_SETTLE_SECONDS)  # for what is confirmed once more
        drilled.attempts, drilled.notices = self._traffic.attempts, self._watch.notices
        drilled.confirmations = self._watch.confirmations
        drilled.evidence = evidence = self._evidence(drilled.attempts)
        drilled.runs = [
            replace(run, evidence=self._evidence(within(drilled.attempts, run.phases)))
            for run in drilled.runs
        ]
        drilled.checks += checks.of_evidence(evidence, strong=self._order.strong)

    def _all_confirmed(self) -> bool:
        for region in (PRIMARY, STANDBY):
            self._drilled.resent += self._site.resend_dead_letters(region)
        found = self._evidence(self._traffic.attempts)
        return not (found.unconfirmed or found.lost)

    def _evidence(self, attempts: Sequence[Attempt]) -> Evidence:
        cuts = [run.phases for run in self._drilled.runs if FAULTS[run.phases.fault].cut_off]
        return collect(
            attempts,
            {region: self._site.orders(region) for region in (PRIMARY, STANDBY)},
            self._watch.confirmations,
            resent=self._drilled.resent,
            lag=0.0 if self._order.strong else self._order.lag,
            cuts=cuts,
        )
