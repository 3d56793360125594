"""Which version of a function each of its callers calls."""

import pytest

from constructs_lib.review.reading.functions import functions_of
from tests.reviewing import reading_of

_FUNCTION = {"Type": "AWS::Lambda::Function"}
_ALIAS = {
    "Type": "AWS::Lambda::Alias",
    "Properties": {"FunctionName": {"Ref": "Orders"}, "Name": "live", "FunctionVersion": "1"},
}


@pytest.mark.parametrize(
    ("caller", "qualifier"),
    [
        ({"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "Orders"}}}, "$LATEST"),
        (
            {
                "Type": "AWS::Lambda::Url",
                "Properties": {"TargetFunctionArn": {"Ref": "Orders"}, "Qualifier": "live"},
            },
            "live",
        ),
        (
            {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    "IntegrationUri": {
                        "Fn::Sub": "arn:aws:apigateway:eu-west-1:lambda:path/functions/${Orders.Arn}:live/invocations"
                    }
                },
            },
            "live",
        ),
        (
            {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    "IntegrationUri": {
                        "Fn::Sub": "arn:aws:apigateway:eu-west-1:lambda:path/functions/${Orders.Arn}/invocations"
                    }
                },
            },
            "$LATEST",
        ),
        (
            {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {"IntegrationUri": {"Fn::Sub": "arn:aws:apigateway:::${Live}/invocations"}},
            },
            "live",
        ),
    ],
    ids=[
        "a URL",
        "a URL of an alias",
        "an address with a qualifier",
        "an address without",
        "an address of an alias",
    ],
)
def test_a_caller_calls_the_version_that_it_names(caller: object, qualifier: str) -> None:
    reading = reading_of({"Resources": {"Orders": _FUNCTION, "Live": _ALIAS, "Caller": caller}})

    (function,) = functions_of(reading)

    assert [each.callee.qualifier for each in function.invocations] == [qualifier]
