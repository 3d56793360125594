"""The CDK app: settings in, stacks out."""

import os
import sys

import aws_cdk as cdk

from constructs_lib.alarms.watch import Watch
from stacks.config import Config, SettingError
from stacks.order_service import OrderService


def build(app: cdk.App, config: Config) -> list[cdk.Stack]:
    """The stacks of one stage, one a Region; all have the same name, so that a Region that is added renames none."""
    cdk.Aspects.of(app).add(Watch())  # what a stack forgets to watch
    name = f"OrderService-{config.stage}"
    return [
        OrderService(
            app,
            name if number == 0 else f"{name}-{environment.region}",
            config=config,
            env=environment,
            stack_name=name,
        )
        for number, environment in enumerate(config.environments)
    ]


def main() -> None:
    """Synthesize what the context asks for."""
    app = cdk.App()
    keys = app.node.get_all_context()
    try:
        config = Config.read(app.node.try_get_context, os.environ, keys)
    except SettingError as error:
        sys.exit(f"{error}")
    build(app, config)
    app.synth()


if __name__ == "__main__":
    main()
