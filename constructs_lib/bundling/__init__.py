"""Python code for Lambda with its requirements, built for the target without Docker, cached by content."""

from constructs_lib.bundling.code import PythonCode
from constructs_lib.bundling.sources import DEFAULT_EXCLUDE
from constructs_lib.bundling.target import Target

__all__ = ["DEFAULT_EXCLUDE", "PythonCode", "Target"]
