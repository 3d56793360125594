"""A Lambda function with every protection around it, new or already there."""

from constructs_lib.resilient_function.protected_function import ProtectedFunction
from constructs_lib.resilient_function.resilient_function import ResilientFunction

__all__ = ["ProtectedFunction", "ResilientFunction"]
