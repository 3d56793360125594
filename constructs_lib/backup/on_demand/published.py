"""The metrics of scheduled backups that the handler publishes."""

__all__ = ["AGE_OF_NEWEST_BACKUP", "BACKUPS_FAILED", "BACKUP_COUNT", "BACKUP_DURATION", "BACKUP_SIZE"]

AGE_OF_NEWEST_BACKUP = "AgeOfNewestBackup"
BACKUP_COUNT = "BackupCount"
BACKUP_SIZE = "BackupSizeBytes"
BACKUP_DURATION = "BackupDuration"
BACKUPS_FAILED = "BackupsFailed"
