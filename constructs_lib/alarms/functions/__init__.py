"""The alarms of a Lambda function."""
