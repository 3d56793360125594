"""Stacks, stages and apps of CDK as what is replayed. They are known by what they can do: CDK is not imported."""

from pathlib import Path
from typing import Any

from constructs_lib.template import Assembly, TemplateError, read_assembly

__all__ = ["source_of"]


def source_of(given: Any) -> Any:
    """What `replay` takes, for a stack, a stage or an app; anything else as it is.

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
    own = tuple(
        each
        for each in read_assembly(folder).templates
        if each.source is not None and each.source.name == given.template_file
    )
    # The template of a nested stack is an asset, of which the assembly does not tell.
    return Assembly(templates=own, source=folder) if own else read_assembly(folder / given.template_file)
