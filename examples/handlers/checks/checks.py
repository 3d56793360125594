"""A hook that CodeDeploy runs before it shifts traffic: it tries the new version and may veto."""

import json
import os
from collections.abc import Mapping

import boto3


def handler(event: Mapping[str, str], context: object) -> None:  # noqa: ARG001 - Lambda passes it
    """Invoke the new version once, and tell CodeDeploy how that went."""
    answer = boto3.client("lambda").invoke(
        FunctionName=os.environ["NEW_VERSION"], Payload=json.dumps({"body": "a trial order"})
    )
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Failed" if "FunctionError" in answer else "Succeeded",
    )
