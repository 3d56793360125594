"""Replays an incident over the alarms of a template: which would have rung, when, and who would have been told."""
