"""Stacks, stages and apps of CDK, as what is read. They are known by what they can do: CDK is not imported."""

from pathlib import Path
from typing import Any

from constructs_lib.template.loading import read_assembly
from constructs_lib.template.model import Assembly, TemplateError

__all__ = ["source_of"]


def source_of(given: Any) -> Any:
    """What a replay or a review takes, for a stack, a stage or an app; anything else as it is.

    They are synthesized into their app's folder, as ``aws_cdk.assertions.Template.from_stack`` does it. What lies there
    knows the paths of constructs, by which tests name alarms; a template alone need not.

    Raises:
        TemplateError: it is a construct that has no template, or in no app.
    """
    node = getattr(given, "node", None)
    if node is None:
        return given
    if hasattr(given, "synth"):
        return read_assembly(given.synth().directory)
    if not hasattr(given, "template_file") or not hasattr(node.root, "synth"):
        raise TemplateError(
            f"{node.path} is no stack of an app: give a stack that is in an aws_cdk.App, or the app."
        )
    folder = Path(node.root.synth().directory)
    templates = read_assembly(folder).templates
    keys = {each.key for each in templates if each.source and each.source.name == given.template_file}
    for each in templates:  # nested stacks stand behind their parents
        if each.parent and each.parent[0] in keys:
            keys.add(each.key)
    own = tuple(each for each in templates if each.key in keys)
    # A nested stack whose template is no asset of the assembly stands there by itself.
    return Assembly(templates=own, source=folder) if own else read_assembly(folder / given.template_file)
