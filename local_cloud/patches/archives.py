"""Archives of event buses, which MiniStack has without letting CloudFormation reach them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-archive.html
"""

import json
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches.resource_types import Created, Properties, answered, generated_name, register

_LONGEST_NAME = 48


def install() -> None:
    register("AWS::Events::Archive", _Archive())


class _Archive:
    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        name = properties.get("ArchiveName") or generated_name(stack, logical_id, _LONGEST_NAME)
        asked = {**_asked(properties), "ArchiveName": name, "EventSourceArn": properties["SourceArn"]}
        arn = answered(internal("services.eventbridge._create_archive")(asked))["ArchiveArn"]
        return name, {"Arn": arn}

    def update(self, ref: str, old: Properties, new: Properties, stack: str) -> Created:
        renamed = new.get("ArchiveName") not in (None, ref)
        if renamed or old["SourceArn"] != new["SourceArn"]:
            self.delete(ref, old)
            return self.create(ref, new, stack)
        arn = answered(internal("services.eventbridge._update_archive")({**_asked(new), "ArchiveName": ref}))
        return ref, {"Arn": arn["ArchiveArn"]}

    def delete(self, ref: str, _properties: Properties) -> None:
        internal("services.eventbridge._archives").pop(ref, None)


def _asked(properties: Properties) -> dict[str, Any]:
    """What the API takes, where the pattern is text."""
    pattern = properties.get("EventPattern") or ""
    return {
        "Description": properties.get("Description", ""),
        "EventPattern": json.dumps(pattern) if isinstance(pattern, dict) else pattern,
        "KmsKeyIdentifier": properties.get("KmsKeyIdentifier", ""),
        "RetentionDays": int(properties.get("RetentionDays", 0)),
    }
