"""DynamoDB's own backups, made by a schedule."""
