"""Restores tables, says what a restore loses, applies it again, and verifies what was restored."""
