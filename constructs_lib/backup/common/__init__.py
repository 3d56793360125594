"""What backups of every kind need: tables, schedules, and the metrics that tell how old the newest one is."""
