"""Timelines in files: JSON, CSV, and what the AWS CLI exports."""
