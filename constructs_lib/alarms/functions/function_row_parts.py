"""What the rows of a Lambda function's alarms share."""

from functools import partial

from constructs_lib.alarms.table.definition import AlarmDefinition

__all__ = ["FAILED_LINES", "METRICS", "OF_FUNCTION", "OF_QUALIFIER", "lambda_row"]

METRICS = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
"""Where AWS describes Lambda's metrics."""

FAILED_LINES = 'filter @message like /ERROR|timed out|"status":"(error|failure|timeout)"/'
"""The Logs Insights command for what tells of failures, in a log of JSON or of text, uncaught exceptions included.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

OF_QUALIFIER = {"FunctionName": "function_name", "Resource": "resource"}
"""What came in through this alias or version."""
OF_FUNCTION = {"FunctionName": "function_name"}
"""All versions and aliases together."""

lambda_row = partial(AlarmDefinition, namespace="AWS/Lambda")
"""A row on a metric of Lambda's."""
