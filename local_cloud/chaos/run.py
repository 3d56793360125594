"""One run: traffic under faults, rest, redrive, and the ledger."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from local_cloud.chaos.facts import read_facts
from local_cloud.chaos.faults import attribute
from local_cloud.chaos.ledger import Ledger
from local_cloud.chaos.orders import warehouse
from local_cloud.chaos.outages import Outages
from local_cloud.chaos.plan import Plan
from local_cloud.chaos.results import Ran
from local_cloud.chaos.settling import Settling
from local_cloud.chaos.site import Site
from local_cloud.chaos.traffic import Traffic
from local_cloud.chaos.watch import Watch

__all__ = ["run"]


def run(site: Site, plan: Plan, *, at_once: int) -> Ran:
    """Run a plan on a site, which is emptied first.

    Args:
        site: where.
        plan: what happens.
        at_once: how many unfinished orders there may be before the next one waits.
    """
    seconds: dict[str, float] = {}
    stock = warehouse(plan.orders)
    with _timed(seconds, "empty"):
        site.cloud.clear_faults()
        site.empty(stock=stock)
    traffic, settling = Traffic(site, at_once=at_once), Settling(site=site)
    outages = Outages(site=site, plan=plan, done=lambda: traffic.done, redrive=settling.redrive)
    with Watch(site) as watch:
        with _timed(seconds, "traffic"), outages:
            site.cloud.order_faults(plan.rules, seed=plan.seed)
            began = time.monotonic()
            traffic.run(plan.orders, plan.files)
            time.sleep(max(0, plan.outages_end - (time.monotonic() - began)))
            settling.work_off()
        with _timed(seconds, "rest"):
            site.cloud.order_faults(plan.rules_for_the_clock, seed=plan.seed)
            settling.rest("the traffic")
            settling.check_orders()
            watch.wait_for_alarms()
        with _timed(seconds, "redrive"):
            settling.redrive_all()
            settling.check_orders()
            watch.wait_for_alarms()
        with _timed(seconds, "ledger"):
            faults = attribute(
                site.cloud.injected_faults(),
                outages.happened,
                placed=traffic.placed,
                uploaded=traffic.uploaded,
                poison=[poison for _, poison in plan.poison],
            )
            facts = read_facts(
                site,
                plan,
                placed=traffic.placed,
                uploaded=traffic.uploaded,
                initial=stock,
                faults=faults,
                most=watch.most,
                rang=frozenset(watch.rang),
                slow=settling.slow,
            )
    return Ran(
        seed=plan.seed,
        orders=len(traffic.placed),
        files=len(traffic.uploaded),
        ledger=Ledger.of(facts),
        redriven=settling.redriven,
        queues={name: most for name, most in watch.most.items() if most},
        seconds=seconds,
    )


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        seconds[name] = time.monotonic() - began
