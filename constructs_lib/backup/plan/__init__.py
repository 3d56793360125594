"""Plans of AWS Backup."""
