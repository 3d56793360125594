"""Raw CloudFormation resources that several tests deploy."""

from typing import Any

HANDLER = """
import json, os, time

def handler(event, context):
    print(event.get("say", "nothing to say"))
    if event.get("fail"):
        raise ValueError(event["fail"])
    time.sleep(event.get("sleep", 0))
    return {"version": context.function_version, "arn": context.invoked_function_arn, "who": os.environ.get("WHO")}
"""


def att(logical_id: str, name: str = "Arn") -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, name]}


def ref(logical_id: str) -> dict[str, str]:
    return {"Ref": logical_id}


def resource(kind: str, *, depends_on: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"Type": f"AWS::{kind}", "Properties": properties}
    return {**made, "DependsOn": depends_on} if depends_on else made


def role() -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return resource("IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [statement]})


def function(code: str = HANDLER, **properties: Any) -> dict[str, Any]:
    """A role, a function, a version of it and its alias `live`."""
    settings = {"Runtime": "python3.14", "Handler": "index.handler", "Timeout": 10, **properties}
    return {
        "Role": role(),
        "Function": resource("Lambda::Function", Code={"ZipFile": code}, Role=att("Role"), **settings),
        "Version": resource("Lambda::Version", FunctionName=ref("Function")),
        "Live": resource(
            "Lambda::Alias",
            FunctionName=ref("Function"),
            FunctionVersion=att("Version", "Version"),
            Name="live",
        ),
    }


def invoke_config(qualifier: str, queue: str, **properties: Any) -> dict[str, Any]:
    destination = {"OnFailure": {"Destination": att(queue)}}
    settings = {"DestinationConfig": destination, "MaximumRetryAttempts": 0, **properties}
    return resource(
        "Lambda::EventInvokeConfig",
        depends_on=["Live"],
        FunctionName=ref("Function"),
        Qualifier=qualifier,
        **settings,
    )
