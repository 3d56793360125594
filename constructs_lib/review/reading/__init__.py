"""Templates as rules see them: resources, what refers to what, and the parts that rules ask for most."""

from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["Node", "Reading", "StackReading"]
