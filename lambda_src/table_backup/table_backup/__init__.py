"""Backs up tables by a schedule, exactly once for each scheduled time, and deletes what need not be kept."""
