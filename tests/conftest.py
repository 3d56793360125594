"""What all tests share: the local cloud as a fixture, how long hypothesis looks, how snapshots are written."""

import os
from itertools import groupby, zip_longest

import pytest
from hypothesis import settings
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

pytest_plugins = ["tests.cloud"]

# The first synthesis of a process takes longer than any deadline that would mean something.
settings.register_profile("default", deadline=None, max_examples=40)
settings.register_profile("long", deadline=None, max_examples=300)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take files from the middle of the list towards both ends, in turn.

    So those of e2e compute while those of local_cloud wait, and those of dead_letters and backup wait while those of
    review and stacks compute.
    """
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    half = (len(files) + 1) // 2
    turns = zip_longest(reversed(files[:half]), files[half:], fillvalue=())
    items[:] = [item for both in turns for tests in both for item in tests]


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """One JSON file a snapshot."""
    return snapshot.use_extension(JSONSnapshotExtension)
