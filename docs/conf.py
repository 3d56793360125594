"""How Sphinx builds these pages. Nothing is fetched: no web fonts, no other site's index."""

import inspect
import sys
from dataclasses import is_dataclass
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.util.inspect import stringify_signature

sys.path.insert(0, str(Path(__file__).parents[1]))

project = "constructs_lib"
author = "the constructs_lib authors"
copyright = author  # noqa: A001 - Sphinx's name for it
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "docs._ext.generated"]
exclude_patterns = ["_build", "_ext"]

html_theme = "furo"
html_title = "constructs_lib"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sphinx = False

default_role = "code"  # docstrings write `name`, as Markdown does

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autoclass_content = "both"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_attr_annotations = False  # the signature shows the types, shortened


def _escape_patterns(
    _app: Sphinx, _what: str, _name: str, _of: object, _options: object, lines: list[str]
) -> None:
    # Docstrings name patterns such as "*.pyc", which reStructuredText would take for emphasis.
    lines[:] = [line.replace('"*.', r'"\*.') for line in lines]


class _Short:
    """A default that is shown as its class and no more."""

    def __init__(self, value: object) -> None:
        self._name = type(value).__name__

    def __repr__(self) -> str:
        return f"{self._name}()"


def _show_arguments(
    _app: Sphinx,
    what: str,
    _name: str,
    of: object,
    _options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    # jsii's metaclass hides the arguments of constructs behind (*args, **kwargs); frozen values as defaults
    # would show all of their fields.
    callable_ = vars(of).get("__init__") if what == "class" and isinstance(of, type) else of
    if what not in {"class", "method", "function"} or not inspect.isfunction(callable_):
        return signature, returns
    found = inspect.signature(callable_)
    parameters = [
        entry.replace(default=_Short(entry.default)) if is_dataclass(entry.default) else entry
        for entry in found.parameters.values()
        if entry.name not in {"self", "cls"}
    ]
    shown = found.replace(
        parameters=parameters, return_annotation=found.empty if what == "class" else found.return_annotation
    )
    return stringify_signature(shown, unqualified_typehints=True, short_literals=True), ""


def setup(app: Sphinx) -> None:
    """Connect the hooks."""
    app.add_lexer("mermaid", TextLexer)  # drawn where Markdown is shown as it is, text here
    app.connect("autodoc-process-docstring", _escape_patterns)
    app.connect("autodoc-process-signature", _show_arguments)
