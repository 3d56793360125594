"""The CDK app: settings in, stacks out."""

import os
import sys

import aws_cdk as cdk

from constructs_lib.alarms.watch import Watch
from constructs_lib.checks import ConfigurationError
from stacks.config import Config, SettingError
from stacks.data_pipeline import DataPipeline
from stacks.order_backups import OrderBackups
from stacks.order_service import OrderService
from stacks.two_regions import two_regions


def build(app: cdk.App, config: Config) -> list[cdk.Stack]:
    """The stacks of one stage; in each Region they have the same name, so that a second Region renames none."""
    cdk.Aspects.of(app).add(Watch())  # what a stack forgets to watch
    name = f"OrderService-{config.stage}"
    if len(config.environments) > 1:
        stacks = list(two_regions(app, name, config).stacks)
    else:
        stacks = [OrderService(app, name, config=config, env=config.environments[0], stack_name=name)]
    if config.keeps_data:
        service = next(each for each in stacks if isinstance(each, OrderService))
        environment = config.environments[0]
        stacks.append(OrderBackups(app, f"{name}-backups", service=service, config=config, env=environment))
    stacks.append(
        DataPipeline(app, f"DataPipeline-{config.stage}", config=config, env=config.environments[0])
    )
    return stacks


def main() -> None:
    """Synthesize what the context asks for."""
    app = cdk.App()
    keys = app.node.get_all_context()
    try:
        build(app, Config.read(app.node.try_get_context, os.environ, keys))
    except (SettingError, ConfigurationError) as error:
        sys.exit(f"{error}")
    app.synth()


if __name__ == "__main__":
    main()
