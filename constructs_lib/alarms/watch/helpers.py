"""Functions and state machines that CDK adds to an app for its own purposes."""

import re

from constructs_lib.alarms.watch.tree import Resource

__all__ = ["made_by_cdk"]

# CDK marks the functions of its custom resources, but not all of them.
_MARK = "aws:cdk:is-custom-resource-handler"
_IDS = re.compile(
    r"(?:LogRetention|BucketNotificationsHandler)[0-9a-f]{32}"
    r"|framework-(?:onEvent|isComplete|onTimeout)"
    r"|waiter-state-machine"
    r"|@aws-cdk--.*"
)


def made_by_cdk(resource: Resource) -> bool:
    """Whether `resource` works for a custom resource of CDK, whose failure fails the deployment that waits for it."""
    if any(_IDS.fullmatch(each) for each in resource.path.split("/")):
        return True
    parent = resource.construct.node.scope
    return parent is not None and any(entry.type.startswith(_MARK) for entry in parent.node.metadata)
