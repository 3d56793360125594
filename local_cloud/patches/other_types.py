"""A resource type whose service MiniStack has, without letting CloudFormation reach it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupselection.html
"""

from local_cloud.hooks import internal
from local_cloud.patches.resource_types import Created, Properties, answered, register


def install() -> None:
    register("AWS::Backup::BackupSelection", _BackupSelection())


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
