"""Exports tables to S3 by a schedule, without a gap or an overlap, and reads what was exported."""
