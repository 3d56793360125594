"""DNS records as rules see them: which of a name there are, what they lead to, and what judges them.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from constructs_lib.review.reading.data import (
    at,
    flag_of,
    has,
    is_known,
    items_of,
    number_of,
    surely_has,
    text_of,
)
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["POLICIES", "Record", "group_of", "groups_of", "plain_name", "records_of"]

RECORD: Final = "AWS::Route53::RecordSet"
GROUP: Final = "AWS::Route53::RecordSetGroup"
POLICIES: Final = {
    "Failover": "failover",
    "Weight": "weighted",
    "Region": "latency",
    "GeoLocation": "geolocation",
    "GeoProximityLocation": "geoproximity",
    "CidrRoutingConfig": "IP-based",
    "MultiValueAnswer": "multivalue answer",
}
"""The property of a record to the routing policy that it means; without any of them it is simple."""
_ANONYMOUS: Final = "${Fn::"
"""What a function gives: two of them look alike, whatever they give."""
Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Record:
    """A record, alone or in a group of records.

    Attributes:
        node: the resource.
        data: its properties; of a record in a group, its own.
    """

    node: Node
    data: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What people call it, at the beginning of a sentence."""
        if self.node.type == RECORD:
            return self.node.path
        which = " ".join(
            each for each in (self.name, self.type, text_of(self.data.get("SetIdentifier"))) if each
        )
        return f"The record {which} of {self.node.path}"

    @property
    def name(self) -> str | None:
        """Its name in small letters without the last dot, with placeholders."""
        return plain_name(self.data.get("Name"))

    @property
    def type(self) -> str | None:
        """Such as ``A``; None where it is unknown."""
        return text_of(self.data.get("Type"))

    @property
    def identifier(self) -> str | None:
        """Its SetIdentifier; None where it is unknown or absent."""
        return text_of(self.data.get("SetIdentifier"))

    @property
    def zone_id(self) -> Any:
        """The hosted zone by id, as it is written."""
        return self.data.get("HostedZoneId", self.node.value("HostedZoneId"))

    @property
    def zone_name(self) -> str | None:
        """The name of its hosted zone without the last dot, with placeholders; None where that is unknown."""
        if self.zone is not None:
            return plain_name(self.zone.value("Name"))
        return plain_name(self.data.get("HostedZoneName", self.node.value("HostedZoneName")))

    @cached_property
    def zone(self) -> Node | None:
        """Its hosted zone, where that is at hand."""
        return self.node.stack.find(self.zone_id, "AWS::Route53::HostedZone")

    @cached_property
    def policies(self) -> list[str] | None:
        """The properties that are its routing policies, of which AWS takes one; None where they are unknown."""
        found = [each for each in POLICIES if has(self.data, each)]
        if any(not surely_has(self.data, each) for each in found):
            return None
        many = flag_of(self.data.get("MultiValueAnswer"))
        if many is None and "MultiValueAnswer" in found:
            return None
        return [each for each in found if each != "MultiValueAnswer" or many]

    @property
    def failover(self) -> str | None:
        """``PRIMARY`` or ``SECONDARY``; None where it is neither or unknown."""
        return text_of(self.data.get("Failover"))

    @property
    def alias(self) -> bool:
        """Whether it leads to a resource of AWS."""
        return has(self.data, "AliasTarget")

    @property
    def evaluates(self) -> bool | None:
        """Whether it is judged by the health of what it leads to; None where that is unknown."""
        written = at(self.data, "AliasTarget", "EvaluateTargetHealth")
        return False if written is None else flag_of(written)

    @property
    def checked(self) -> bool:
        """Whether it has a health check."""
        return has(self.data, "HealthCheckId")

    @property
    def judged(self) -> bool:
        """Whether anything can find it unhealthy, as far as anybody knows."""
        return self.checked or (self.alias and self.evaluates is not False)

    @cached_property
    def check(self) -> Node | None:
        """Its health check, where that is at hand."""
        return self.node.stack.find(self.data.get("HealthCheckId"), "AWS::Route53::HealthCheck")

    @property
    def ttl(self) -> float | None:
        """Seconds that resolvers keep it; None where that is unknown, as for an alias."""
        return number_of(self.data.get("TTL"))

    @cached_property
    def target(self) -> Node | None:
        """The resource at hand that an alias leads to."""
        name = at(self.data, "AliasTarget", "DNSName")
        return next(self.node.stack.mentioned(name), None) if isinstance(name, str) else None

    @property
    def answers(self) -> list[str]:
        """What resolvers get: the name of an alias' target, or the values."""
        found = (
            [at(self.data, "AliasTarget", "DNSName")]
            if self.alias
            else items_of(self.data.get("ResourceRecords"))
        )
        return [plain_name(each) or "" for each in found if isinstance(each, str)]

    @cached_property
    def place(self) -> Key | None:
        """Tells its name in its zone from all others; None where that is unknown."""
        zone, name = self._zone_key(), self.told_apart(self.name)
        return None if zone is None or name is None else (*zone, *name)

    def told_apart(self, value: Any) -> Key | None:
        """Tells a text of the record from others of any stack; None where what it stands for cannot be told apart."""
        if not isinstance(value, str) or _ANONYMOUS in value:
            return None
        return ("", value) if is_known(value) else (self.node.stack.key, value)

    def _zone_key(self) -> Key | None:
        if self.zone is not None:
            return ("zone", self.zone.stack.key, self.zone.id)
        if isinstance(self.zone_id, str):
            found = self.told_apart(self.zone_id.removeprefix("/hostedzone/"))
            return None if found is None else ("id", *found)
        found = self.told_apart(self.zone_name)
        return (
            None
            if found is None
            else ("name", *found, self.node.stack.template.account or self.node.stack.key)
        )


def plain_name(value: Any) -> str | None:
    """A host name in small letters without the last dot; what stands in placeholders stays as it is."""
    if not isinstance(value, str):
        return None
    return (value if "${" in value else value.lower()).removesuffix(".")


def records_of(where: StackReading | Reading) -> list[Record]:
    """The records of a stack, or of all."""
    whole = where if isinstance(where, Reading) else where.whole
    found = whole.once("records", _collect)
    nodes = where.of_type(RECORD, GROUP)
    return [each for node in nodes for each in found[node]]


def groups_of(where: StackReading | Reading) -> Mapping[Key, Sequence[Record]]:
    """The records of all stacks by zone, name and type."""
    whole = where if isinstance(where, Reading) else where.whole
    return whole.once("record-groups", _groups)


def group_of(record: Record) -> Sequence[Record]:
    """The records that share zone, name and type with one, itself among them; itself alone where any is unknown."""
    if record.place is None or record.type is None:
        return (record,)
    return groups_of(record.node.stack)[(*record.place, record.type)]


def _collect(whole: Reading) -> dict[Node, list[Record]]:
    return {
        node: [Record(node, each) for each in _written(node) if isinstance(each, Mapping)]
        for node in whole.of_type(RECORD, GROUP)
    }


def _written(node: Node) -> list[Any]:
    return [node.properties] if node.type == RECORD else node.items("RecordSets")


def _groups(whole: Reading) -> dict[Key, list[Record]]:
    found: dict[Key, list[Record]] = defaultdict(list)
    for each in records_of(whole):
        if each.place is not None and each.type is not None:
            found[(*each.place, each.type)].append(each)
    return dict(found)
