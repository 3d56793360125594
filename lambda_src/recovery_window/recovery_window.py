"""Publishes how far back tables can be restored to any second."""
