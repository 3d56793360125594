"""Exports of tables to S3."""
