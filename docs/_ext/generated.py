"""Tables and messages that the code itself tells: ``{generated} name`` puts one into a page.

They are made by `generate.py` in a process of its own, so that readers that Sphinx forks never share a
connection to jsii with each other.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from docutils import nodes  # type: ignore[import-untyped]  # it ships no types
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

__all__ = ["setup"]

_GENERATOR = "docs._ext.generate"
_ROOT = Path(__file__).parents[2]


class Generated(SphinxDirective):
    """The generated Markdown of the name that is given."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Parse the text as if it stood in the page."""
        texts: dict[str, str] = self.config.generated_texts
        name = self.arguments[0]
        if name not in texts:
            raise self.error(f"generate.py makes no {name!r}; it makes {', '.join(sorted(texts))}")
        self.env.note_reread()
        return self.parse_text_to_nodes(texts[name])


def _generate(app: Sphinx) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(  # noqa: S603 - this project's own script
        [sys.executable, "-m", _GENERATOR],
        cwd=_ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{_GENERATOR} failed:\n{done.stderr}")
    app.config.generated_texts = json.loads(done.stdout)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_config_value("generated_texts", {}, "", dict)
    app.add_directive("generated", Generated)
    app.connect("builder-inited", _generate)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
