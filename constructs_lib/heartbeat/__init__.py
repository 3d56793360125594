"""Heartbeats of work that is done less often than an alarm can look back."""

from constructs_lib.heartbeat.age_heartbeat import AgeHeartbeat

__all__ = ["AgeHeartbeat"]
