"""`Fn::GetStackOutput` reads the stack of the Region that it names; while that is cut off, the deployment fails.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
"""

from collections.abc import Callable
from typing import Any

from local_cloud import isolation
from local_cloud.hooks import replace
from local_cloud.patches import scope

_FUNCTION = "Fn::GetStackOutput"


def install() -> None:
    replace("services.cloudformation.engine._resolve_refs", _in_its_region)


def _in_its_region(original: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(value: Any, *known: Any) -> Any:
        wanted = value.get(_FUNCTION) if isinstance(value, dict) else None
        if not isinstance(wanted, dict) or "Region" not in wanted:
            return original(value, *known)
        asked = {name: resolve(each, *known) for name, each in wanted.items()}
        region = asked.pop("Region")
        if not isolation.connected(scope.region(), region):
            message = f"{region} cannot be reached to read the stack {asked.get('StackName')}"
            raise ValueError(message)
        with scope.scoped(scope.account(), region):
            return original({_FUNCTION: asked}, *known)

    return resolve
