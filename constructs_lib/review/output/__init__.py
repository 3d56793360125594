"""A review as people and pipelines read it."""
