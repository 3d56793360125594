"""Backups that are restored by a schedule, to prove that they can be."""
