"""How does a standby wake up? Its Region asks the primary by itself, and a controller there wakes what sleeps."""

from functools import partial
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets

from constructs_lib import failover
from constructs_lib.bundling import PythonCode
from constructs_lib.resilient_function import ResilientFunction

CODE = PythonCode.from_folder(Path(__file__).parent / "handlers" / "orders")
PRIMARY = "orders-us-east-1.example.com"
endpoint = failover.AliasEndpoint.imported
VIRGINIA = endpoint(dns_name="d-1.execute-api.us-east-1.amazonaws.com", hosted_zone_id="Z1UJRXOUMOOFQ8")
OREGON = endpoint(dns_name="d-2.execute-api.us-west-2.amazonaws.com", hosted_zone_id="Z2OJLYMUO9EFXC")


def build(app: cdk.App) -> None:
    """A standby in Oregon that sleeps while Virginia answers, and serves ten minutes later at most."""
    stack = cdk.Stack(app, "StandbyThatWakes", env=cdk.Environment(region="us-west-2"))
    function = partial(ResilientFunction, stack, code=CODE, handler="orders.handler")
    orders, report = function("Orders", reserved_concurrency=50), function("Report")
    clock = iam.Role(stack, "Clock", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
    nightly = scheduler.Schedule(
        stack,
        "Nightly",
        schedule=scheduler.ScheduleExpression.cron(minute="0", hour="3"),
        target=targets.LambdaInvoke(report.alias, role=clock),
    )
    probe = failover.PrimaryProbe(stack, "Probe", host=PRIMARY)
    take_over = failover.TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    controller = failover.FailoverController(
        stack,
        "Controller",
        decided_by=probe.alarm,
        take_over=take_over,
        standby=[
            failover.WarmStandby(function=orders.alias, reduced=failover.Capacity(reserved=5)),
            failover.ColdStandby(function=report.alias),
            failover.StandbySchedule(schedule=nightly, role=clock),
        ],
        settings=failover.ControllerSettings(observations=1),  # the probe has looked twice already
    )
    asked = failover.EndpointHealthCheck(stack, "Asked", host=PRIMARY, interval=cdk.Duration.seconds(10))
    both = failover.CalculatedHealthCheck(stack, "Both", children=[asked, take_over], at_least=2)
    zone = route53.PublicHostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"
    )
    name = partial(failover.FailoverRecord, stack, "Name", zone=zone, record_name="orders")
    failover.FailoverPlan(
        stack,
        "Plan",
        detected_by=both,
        record=name(primary=VIRGINIA, secondary=OREGON, primary_health=both),
        controller=controller,
        recovery_time_objective=cdk.Duration.minutes(10),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
