"""Plugins shared by all tests."""

pytest_plugins = ["tests.cloud"]
