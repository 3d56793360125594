"""Resource types whose service MiniStack has, without letting CloudFormation reach it: Backup, Route 53.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupselection.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-healthcheck.html
"""

from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches.resource_types import Created, Properties, answered, register


def install() -> None:
    register("AWS::Backup::BackupSelection", _BackupSelection())
    register("AWS::Route53::HealthCheck", _HealthCheck())


class _BackupSelection:
    def create(self, _logical_id: str, properties: Properties, _stack: str) -> Created:
        plan = properties["BackupPlanId"]
        create = internal("services.backup._create_selection")
        selection = answered(create(plan, {"BackupSelection": properties["BackupSelection"]}))["SelectionId"]
        return selection, {"Id": selection, "SelectionId": selection, "BackupPlanId": plan}

    def update(self, ref: str, old: Properties, new: Properties, stack: str) -> Created:
        if old == new:
            return ref, {"Id": ref, "SelectionId": ref, "BackupPlanId": new["BackupPlanId"]}
        created = self.create("", new, stack)
        self.delete(ref, old)
        return created

    def delete(self, ref: str, _properties: Properties) -> None:
        internal("services.backup._selections").pop(ref, None)


class _HealthCheck:
    """Stored and readable; nothing is probed, and Route 53's answers do not depend on it."""

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        identifier = internal("services.route53._hc_id")()
        check = {"id": identifier, "caller_reference": f"{stack}-{logical_id}", "version": 1}
        internal("services.route53._health_checks")[identifier] = {**check, "config": _config(properties)}
        return identifier, {"HealthCheckId": identifier}

    def update(self, ref: str, _old: Properties, new: Properties, _stack: str) -> Created:
        check = internal("services.route53._health_checks")[ref]
        check |= {"config": _config(new), "version": check["version"] + 1}
        return ref, {"HealthCheckId": ref}

    def delete(self, ref: str, _properties: Properties) -> None:
        internal("services.route53._health_checks").pop(ref, None)


def _config(properties: Properties) -> dict[str, Any]:
    return dict(properties["HealthCheckConfig"])
