"""Point-in-time recovery, and who is told when it is off."""
