"""What all tests share: the local cloud as a fixture, how long hypothesis looks, how snapshots are written."""

import os

import pytest
from hypothesis import settings
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

pytest_plugins = ["tests.cloud"]

# The first synthesis of a process takes longer than any deadline that would mean something.
settings.register_profile("default", deadline=None, max_examples=40)
settings.register_profile("long", deadline=None, max_examples=300)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """One JSON file a snapshot."""
    return snapshot.use_extension(JSONSnapshotExtension)
