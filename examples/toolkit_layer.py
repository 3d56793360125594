"""How do several functions share the handler toolkit? By one layer, which their own bundles then leave out."""

from pathlib import Path

import aws_cdk as cdk

from constructs_lib.bundling import PythonCode
from constructs_lib.resilient_function import ResilientFunction
from constructs_lib.toolkit import ToolkitLayer

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """Two functions on one layer; what they bundle is their own code alone."""
    stack = cdk.Stack(app, "ToolkitLayer")
    toolkit = ToolkitLayer(stack, "Toolkit")
    for name in ("Orders", "Returns"):
        ResilientFunction(
            stack,
            name,
            code=PythonCode.from_folder(HANDLERS / "orders"),
            handler="orders.handler",
            layers=[toolkit.layer],
        )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
