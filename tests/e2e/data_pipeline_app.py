"""An app of the data pipeline alone, for the local cloud."""

import os

import aws_cdk as cdk

from stacks.config import Config
from stacks.data_pipeline import DataPipeline

app = cdk.App()
environment = cdk.Environment(
    account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION")
)
config = Config(stage="local", environments=(environment,))
DataPipeline(app, "DataPipeline-local", config=config, env=environment)
app.synth()
