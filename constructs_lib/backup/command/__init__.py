"""What people and pipelines do with backups: list, restore, verify. It needs neither CDK nor Node."""

from constructs_lib.backup.command.handler_code import make_importable

# The commands share the handlers' code, which is no part of the package.
make_importable("table_export", "table_restore")
