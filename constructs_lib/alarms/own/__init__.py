"""Alarms on metrics of one's own choice."""
