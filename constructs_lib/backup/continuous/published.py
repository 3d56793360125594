"""The metrics of point-in-time recovery that the function publishes."""

__all__ = ["AGE_OF_LATEST_RESTORABLE", "RECOVERY_LOOKS_FAILED", "RECOVERY_WINDOW", "RECOVERY_WINDOW_MISSING"]

AGE_OF_LATEST_RESTORABLE = "AgeOfLatestRestorable"
RECOVERY_WINDOW = "RecoveryWindow"
RECOVERY_WINDOW_MISSING = "RecoveryWindowMissing"
RECOVERY_LOOKS_FAILED = "RecoveryLooksFailed"
