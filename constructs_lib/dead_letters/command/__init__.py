"""What people and pipelines do with dead letters: inspect, re-drive, purge. It needs neither CDK nor Node."""

from constructs_lib.dead_letters.command.handler_code import make_importable

# The commands share the handler's code, which is no part of the package.
make_importable("redrive")
