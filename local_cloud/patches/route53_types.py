"""Route 53's resource types that MiniStack lacks or simplifies: health checks, record set groups, private zones.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-healthcheck.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordsetgroup.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-hostedzone.html
"""

from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import route53_api
from local_cloud.patches.resource_types import Created, Properties, after, generated_name, register

_RECORD_SET = "AWS::Route53::RecordSet"
_OF_GROUP = ("HostedZoneId", "HostedZoneName")
_FIXED = ("MeasureLatency", "RequestInterval", "Type")


def install() -> None:
    register("AWS::Route53::HealthCheck", _HealthCheck())
    register("AWS::Route53::RecordSetGroup", _RecordSetGroup())
    after("AWS::Route53::HostedZone", _finish_zone)


class _HealthCheck:
    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        config = _config(properties)
        identifier = internal("services.route53._hc_id")()
        internal("services.route53._health_checks")[identifier] = {
            "id": identifier,
            "caller_reference": f"{stack}-{logical_id}-{identifier}",
            "version": 1,
            "config": config,
        }
        _tag(identifier, properties)
        return identifier, {"HealthCheckId": identifier}

    def update(self, ref: str, old: Properties, new: Properties, stack: str) -> Created:
        config, before = _config(new), old["HealthCheckConfig"]
        if any(config.get(key) != before.get(key) for key in _FIXED):
            return self.create(ref, new, stack)
        check = internal("services.route53._health_checks")[ref]
        check |= {"config": config, "version": check["version"] + 1}
        _tag(ref, new)
        return ref, {"HealthCheckId": ref}

    def delete(self, ref: str, _properties: Properties) -> None:
        internal("services.route53._health_checks").pop(ref, None)


def _config(properties: Properties) -> dict[str, Any]:
    config = dict(properties["HealthCheckConfig"])
    if objection := route53_api.objection(config):
        raise ValueError(objection)
    return config


def _tag(identifier: str, properties: Properties) -> None:
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("HealthCheckTags") or []}
    internal("services.route53._tags")["healthcheck", identifier] = tags


class _RecordSetGroup:
    """Its records are made one after the other; if one of them cannot be made, none stays."""

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        made: list[Properties] = []
        try:
            for record in _records(properties):
                _record_set("create", logical_id, record, stack)
                made.append(record)
        except ValueError:
            self._delete(made)
            raise
        return generated_name(stack, logical_id, 100), {}

    def update(self, ref: str, old: Properties, new: Properties, stack: str) -> Created:
        before = {_key(record): record for record in _records(old)}
        now = {_key(record): record for record in _records(new)}
        self._delete([record for key, record in before.items() if key not in now])
        for key, record in now.items():
            if key not in before:
                _record_set("create", ref, record, stack)
            elif before[key] != record:
                _record_set("update", ref, before[key], record, stack)
        return ref, {}

    def delete(self, _ref: str, properties: Properties) -> None:
        self._delete(_records(properties))

    def _delete(self, records: list[Properties]) -> None:
        for record in records:
            _record_set("delete", record["Name"], record)


def _records(group: Properties) -> list[Properties]:
    shared = {key: group[key] for key in _OF_GROUP if key in group}
    return [{**shared, **record} for record in group.get("RecordSets") or []]


def _key(record: Properties) -> tuple[str, ...]:
    return tuple(str(record.get(key, "")).lower() for key in (*_OF_GROUP, "Name", "Type", "SetIdentifier"))


def _record_set(action: str, *arguments: Any) -> None:
    internal("services.cloudformation.provisioners._RESOURCE_HANDLERS")[_RECORD_SET][action](*arguments)


def _finish_zone(ref: str, properties: Properties) -> dict[str, Any]:
    """A zone of VPCs is private, and answers nobody here; any other tells its name servers."""
    if vpcs := properties.get("VPCs"):
        internal("services.route53._zones")[ref] |= {"private": True, "vpcs": list(vpcs)}
        return {"NameServers": []}
    records = internal("services.route53._records")[ref]
    servers = next(record for record in records if record["Type"] == "NS")["ResourceRecords"]
    return {"NameServers": [server.rstrip(".") for server in servers]}
