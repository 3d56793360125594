"""Tables that are found by their tags, however they were made and tagged.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from typing import Any
from uuid import uuid4

import pytest

from local_cloud import LocalCloud
from tests.cloud import deploy
from tests.local_cloud.recoverable import EAST, WEST, Table, make
from tests.local_cloud.resources import resource


@pytest.fixture
def team() -> str:
    return f"team-{uuid4().hex[:8]}"


def found(cloud: LocalCloud, team: str, region: str = EAST) -> dict[str, dict[str, str]]:
    """The tags of the tables of a team, by ARN, without those that CloudFormation gives by itself."""
    pages = (
        cloud.client("resourcegroupstaggingapi", region)
        .get_paginator("get_resources")
        .paginate(ResourceTypeFilters=["dynamodb:table"], TagFilters=[{"Key": "team", "Values": [team]}])
    )
    return {
        each["ResourceARN"]: {
            tag["Key"]: tag["Value"] for tag in each["Tags"] if not tag["Key"].startswith("aws:")
        }
        for page in pages
        for each in page["ResourceTagMappingList"]
    }


def test_table_is_found_by_the_tags_it_was_made_with(cloud: LocalCloud, team: str) -> None:
    table = make(cloud, Tags=[{"Key": "team", "Value": team}])

    assert found(cloud, team) == {table.arn: {"team": team}}
    table.client.delete_table(TableName=table.name)
    assert found(cloud, team) == {}


def test_table_is_found_by_a_tag_it_got_later_until_it_is_taken_away(cloud: LocalCloud, team: str) -> None:
    table = make(cloud)
    table.client.tag_resource(ResourceArn=table.arn, Tags=[{"Key": "team", "Value": team}])

    assert set(found(cloud, team)) == {table.arn}
    table.client.untag_resource(ResourceArn=table.arn, TagKeys=["team"])
    assert found(cloud, team) == {}
    table.client.delete_table(TableName=table.name)


@pytest.mark.parametrize("kind", ["Table", "GlobalTable"])
def test_table_of_cloudformation_is_found_until_it_is_deleted(
    cloud: LocalCloud, team: str, kind: str
) -> None:
    tags = [{"Key": "team", "Value": team}]
    regions = {"Table": (EAST,), "GlobalTable": (EAST, WEST)}[kind]
    replicas = [{"Region": region, "Tags": tags} for region in regions]
    tagged: dict[str, Any] = {"Tags": tags} if kind == "Table" else {"Replicas": replicas}
    declared = resource(
        f"DynamoDB::{kind}",
        TableName=team,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **tagged,
    )
    topic = resource("SNS::Topic")
    deploy(cloud, team, {"Table": declared, "Topic": topic})

    for region in regions:
        assert found(cloud, team, region) == {Table(cloud, team, region).arn: {"team": team}}
    deploy(cloud, team, {"Topic": topic})
    for region in regions:
        assert found(cloud, team, region) == {}


def test_replica_that_is_taken_away_is_not_found(cloud: LocalCloud, team: str) -> None:
    table = make(cloud)
    for action in ("Create", "Delete"):
        updates = [{action: {"RegionName": WEST}}]
        table.client.update_table(TableName=table.name, ReplicaUpdates=updates)
        if action == "Create":
            replica = Table(cloud, table.name, WEST)
            tags = [{"Key": "team", "Value": team}]
            replica.client.tag_resource(ResourceArn=replica.arn, Tags=tags)
            assert set(found(cloud, team, WEST)) == {replica.arn}

    assert found(cloud, team, WEST) == {}
    table.client.delete_table(TableName=table.name)
