"""All that matters of a table besides its items, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

__all__ = ["TableSettings"]


@dataclass(frozen=True, kw_only=True)
class TableSettings:
    """What a table is like. Everything is plain data, as the calls of boto3 take it, and can be written as JSON.

    Attributes:
        arn: the table's ARN.
        keys: its key schema.
        attributes: its attribute definitions, by name.
        global_indexes: its global secondary indexes, as CreateTable takes them, by name.
        local_indexes: its local secondary indexes, likewise.
        vector_indexes: its vector indexes, likewise.
        billing: its billing mode and throughput, as UpdateTable takes them.
        table_class: its table class.
        encryption: the KMS key's ARN for KMS; empty for a key that DynamoDB owns.
        stream: the view type of its stream; empty for none.
        ttl: the attribute by which items expire; empty for none.
        recovery_days: for how many days point-in-time recovery goes back; 0 where it is off.
        tags: its tags.
        deletion_protection: whether it is protected from deletion.
        kinesis: the streams that it writes to, with their precision.
        contributor_insights: modes of CloudWatch Contributor Insights, by index name, and by "" for the table.
        resource_policy: its policy, as JSON; empty for none.
        scaling: its scalable targets with their policies and scheduled actions, by resource and dimension.
        alarms: the CloudWatch alarms that name it, by their names.
        replicas: the Regions of its other replicas.
        event_sources: the event source mappings on its stream, by their ids.
        unknown: the attributes above that could not be read, and why.
    """

    arn: str
    keys: Sequence[Mapping[str, str]]
    attributes: Mapping[str, str]
    global_indexes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    local_indexes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    vector_indexes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    billing: Mapping[str, Any] = field(default_factory=dict)
    table_class: str = "STANDARD"
    encryption: str = ""
    stream: str = ""
    ttl: str = ""
    recovery_days: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
    deletion_protection: bool = False
    kinesis: Mapping[str, str] = field(default_factory=dict)
    contributor_insights: Mapping[str, str] = field(default_factory=dict)
    resource_policy: str = ""
    scaling: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    alarms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    replicas: Sequence[str] = ()
    event_sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The table's name."""
        return self.arn.rpartition(":table/")[2]

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """The settings that `to_json` wrote."""
        return cls(**given)
