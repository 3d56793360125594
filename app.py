"""The CDK app: settings in, stacks out."""

import os
import sys

import aws_cdk as cdk

from stacks.config import Config, SettingError
from stacks.order_service import OrderService


def build(app: cdk.App, config: Config) -> list[cdk.Stack]:
    """The stacks of one stage, one a Region."""
    several = len(config.environments) > 1
    return [
        OrderService(
            app,
            f"OrderService-{config.stage}" + (f"-{environment.region}" if several else ""),
            config=config,
            env=environment,
        )
        for environment in config.environments
    ]


def main() -> None:
    """Synthesize what the context asks for."""
    app = cdk.App()
    try:
        config = Config.read(app.node.try_get_context, os.environ)
    except SettingError as error:
        sys.exit(f"{error}")
    build(app, config)
    app.synth()


if __name__ == "__main__":
    main()
