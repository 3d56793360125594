"""What people and pipelines do with backups: list, restore, verify. It needs neither CDK nor Node."""
