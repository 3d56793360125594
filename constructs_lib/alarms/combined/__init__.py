"""Alarms over alarms, and times at which they keep quiet."""
