"""Exports of tables to S3, in full and as windows without gap or overlap."""
