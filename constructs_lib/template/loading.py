"""Templates and assemblies as they lie in files: JSON, YAML with its short forms, and what `cdk synth` writes."""

from pathlib import Path

from constructs_lib.template.assemblies import MANIFEST, stacks_of
from constructs_lib.template.documents import line, read_document
from constructs_lib.template.making import template_of
from constructs_lib.template.model import Assembly, TemplateError
from constructs_lib.template.nested import Place, with_nested

__all__ = ["read_assembly", "template_of"]


def read_assembly(path: Path | str) -> Assembly:
    """Read a template, or a folder that `cdk synth` wrote, with the templates of nested stacks that lie there.

    Args:
        path: a template in JSON or YAML, or a cloud assembly such as ``cdk.out``; stages within it are read as well.

    Raises:
        TemplateError: there is nothing there that can be used.
    """
    place = Path(path)
    if _is_folder(place):
        templates = tuple(stacks_of(place))
        if not templates:
            raise TemplateError(
                line(f"{place} has no stack in its {MANIFEST}: run cdk synth, or give a template.")
            )
        return Assembly(templates=templates, source=place)
    document = read_document(place)
    template = template_of(document.body, name=_stem(place), source=place, problems=document.problems)
    return Assembly(templates=tuple(with_nested(template, Place(root=place.parent))), source=place)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a path that no file can have: reading it says so
        return False


def _stem(path: Path) -> str:
    return path.name.removesuffix(path.suffix).removesuffix(".template")
