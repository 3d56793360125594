"""Metrics of machines and containers."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.knowledge.metrics.model import (
    Kind,
    Published,
    Service,
    dimension_sets,
    named,
    names_of,
)

__all__ = ["SERVICES"]

_BASIC: Final = 300
"""Seconds between the datapoints of an instance without detailed monitoring."""

_EC2: Final = Service(
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html",
    complete=False,
    others=names_of("InstanceId AutoScalingGroupName ImageId InstanceType"),
    metrics={
        **named("CPUUtilization", Published(kind=Kind.SHARE, unit="Percent", highest=100, every=_BASIC)),
        **named(
            "DiskReadBytes DiskWriteBytes NetworkIn NetworkOut EBSReadBytes EBSWriteBytes",
            Published(kind=Kind.SIZE, unit="Bytes", every=_BASIC),
        ),
        **named(
            "DiskReadOps DiskWriteOps NetworkPacketsIn NetworkPacketsOut EBSReadOps EBSWriteOps MetadataNoToken",
            Published(kind=Kind.EVENTS, unit="Count", every=_BASIC),
        ),
        **named(
            "StatusCheckFailed StatusCheckFailed_Instance StatusCheckFailed_System StatusCheckFailed_AttachedEBS",
            Published(kind=Kind.LEVEL, unit="Count", highest=1),
        ),
        **named(
            "CPUCreditUsage CPUCreditBalance CPUSurplusCreditBalance",
            Published(kind=Kind.LEVEL, every=_BASIC),
        ),
    },
)

_ECS: Final = Service(
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html",
    complete=False,
    others=names_of("ClusterName ServiceName VolumeName DiscoveryName TargetDiscoveryName TaskId"),
    metrics={
        # A service's tasks may use more than they reserve: no highest value.
        **named("CPUUtilization MemoryUtilization", Published(kind=Kind.SHARE, unit="Percent")),
        **named(
            "CPUReservation MemoryReservation GPUReservation", Published(kind=Kind.SHARE, unit="Percent")
        ),
    },
)

_GROUPS: Final = Service(
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html",
    by=dimension_sets("AutoScalingGroupName"),
    at_least=dimension_sets("AutoScalingGroupName"),
    complete=False,
    metrics=named(
        "GroupMinSize GroupMaxSize GroupDesiredCapacity GroupInServiceInstances GroupPendingInstances "
        "GroupStandbyInstances GroupTerminatingInstances GroupTotalInstances",
        Published(kind=Kind.LEVEL),
    ),
)

SERVICES: Final[Mapping[str, Service]] = {"AWS/EC2": _EC2, "AWS/ECS": _ECS, "AWS/AutoScaling": _GROUPS}
