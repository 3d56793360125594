"""The metrics that the handler publishes."""

__all__ = [
    "AGE_OF_NEWEST_RESTORE_TEST",
    "RESTORE_ITEMS_COMPARED",
    "RESTORE_LEFTOVERS",
    "RESTORE_SECONDS",
    "RESTORE_TESTS_FAILED",
]

AGE_OF_NEWEST_RESTORE_TEST = "AgeOfNewestRestoreTest"
RESTORE_ITEMS_COMPARED = "RestoreItemsCompared"
RESTORE_LEFTOVERS = "RestoreLeftovers"
RESTORE_SECONDS = "RestoreSeconds"
RESTORE_TESTS_FAILED = "RestoreTestsFailed"
