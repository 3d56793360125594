"""What goes wrong with the primary, how, and how it is put right."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from local_cloud.drill.site import GLOBAL_REGION, PRIMARY, Site

__all__ = ["FAULTS", "Fault"]

_SLOW_SECONDS = 6.0
_LOST_HANDLER = "no_such_module.handler"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way in which the primary fails.

    Attributes:
        name: what it is called on the command line.
        title: what happens, in a few words.
        seen: what users see until they are served by the standby.
        inject: breaks the site when it is entered, and mends it when it is left.
        cut_off: the Regions that nobody reaches meanwhile, whose messages therefore reach nobody.
    """

    name: str
    title: str
    seen: str
    inject: Callable[[Site], AbstractContextManager[None]]
    cut_off: Sequence[str] = ()


@contextmanager
def _failing(site: Site) -> Iterator[None]:
    """A version of create_order that cannot be loaded takes all traffic."""
    client, name = site.cloud.client("lambda", PRIMARY), site.create_order(PRIMARY)
    alias: Mapping[str, Any] = client.get_alias(FunctionName=name, Name="live")
    handler = client.get_function_configuration(FunctionName=name)["Handler"]
    client.update_function_configuration(FunctionName=name, Handler=_LOST_HANDLER)
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    version = client.publish_version(FunctionName=name)["Version"]
    client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
    try:
        yield
    finally:
        client.update_alias(FunctionName=name, Name="live", FunctionVersion=alias["FunctionVersion"])
        client.update_function_configuration(FunctionName=name, Handler=handler)


@contextmanager
def _slow(site: Site) -> Iterator[None]:
    site.cloud.slow(PRIMARY, _SLOW_SECONDS)
    try:
        yield
    finally:
        site.cloud.slow(PRIMARY, 0)


@contextmanager
def _table(site: Site) -> Iterator[None]:
    name = site.outputs[PRIMARY]["OrdersTable"]
    site.cloud.break_table(PRIMARY, name)
    try:
        yield
    finally:
        site.cloud.mend_table(PRIMARY, name)


def _cut_off(*regions: str) -> Callable[[Site], AbstractContextManager[None]]:
    @contextmanager
    def inject(site: Site) -> Iterator[None]:
        for region in regions:
            site.cloud.isolate(region, silent=True)
        try:
            yield
        finally:
            for region in regions:
                site.cloud.restore(region)

    return inject


FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(
            name="failing",
            title="the function fails",
            seen="500 at once: a version of create_order that cannot be loaded has all traffic of the primary",
            inject=_failing,
        ),
        Fault(
            name="slow",
            title="reachable, but slow",
            seen=f"nothing for {_SLOW_SECONDS:g} s, which is longer than they wait; the order is placed all the same",
            inject=_slow,
        ),
        Fault(
            name="table",
            title="the table is gone",
            seen="500: the primary's replica of the table of orders cannot be found",
            inject=_table,
        ),
        Fault(
            name="unreachable",
            title="the Region is unreachable",
            seen="no answer to any connection to the primary's Region",
            inject=_cut_off(PRIMARY),
            cut_off=(PRIMARY,),
        ),
        Fault(
            name="us-east-1",
            title="us-east-1 is gone as well",
            seen="no answer, and whatever is in us-east-1 helps nobody: Route 53's API, metrics of health checks",
            inject=_cut_off(PRIMARY, GLOBAL_REGION),
            cut_off=(PRIMARY, GLOBAL_REGION),
        ),
    )
}
"""By name, in the order in which they are drilled."""
