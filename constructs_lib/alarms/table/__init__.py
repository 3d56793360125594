"""What an alarm of a table is, and what becomes of it in CloudFormation."""
