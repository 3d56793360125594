"""Timelines built in code: targets with normal traffic, and the shapes of what goes wrong."""
