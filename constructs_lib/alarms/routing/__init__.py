"""The way from an alarm to people, and that nothing stands in it."""
