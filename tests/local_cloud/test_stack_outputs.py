"""Values of another stack, of the same name in another Region, read when a stack is deployed."""

from typing import Any

import pytest

from local_cloud import LocalCloud
from tests.cloud import deploy
from tests.local_cloud.resources import ref, resource

FAR, NEAR = "eu-north-1", "sa-east-1"


def queue(name: str) -> dict[str, Any]:
    return {"Queue": resource("SQS::Queue", QueueName=name)}


def reading(region: str) -> dict[str, Any]:
    output = {"StackName": "outputs-shop", "OutputName": "Name", "Region": region}
    return {"Parameter": resource("SSM::Parameter", Type="String", Value={"Fn::GetStackOutput": output})}


@pytest.fixture(scope="module")
def shops(cloud: LocalCloud) -> LocalCloud:
    for region in (FAR, NEAR):
        name = {"Fn::GetAtt": ["Queue", "QueueName"]}
        deploy(cloud, "outputs-shop", queue(f"outputs-{region}"), region, Name=name)
    return cloud


@pytest.mark.parametrize("region", [FAR, NEAR])
def test_a_stack_reads_the_output_of_the_region_that_it_names(shops: LocalCloud, region: str) -> None:
    found = deploy(shops, f"outputs-reader-{region}", reading(region), NEAR, Value=ref("Parameter"))

    ssm = shops.client("ssm", NEAR)
    assert ssm.get_parameter(Name=found["Value"])["Parameter"]["Value"] == f"outputs-{region}"


def test_a_stack_cannot_be_deployed_while_the_region_that_it_reads_from_is_cut_off(
    shops: LocalCloud,
) -> None:
    shops.isolate(FAR)
    try:
        with pytest.raises(pytest.fail.Exception, match=f"{FAR} cannot be reached"):
            deploy(shops, "outputs-reader-cut", reading(FAR), NEAR)
    finally:
        shops.restore(FAR)
