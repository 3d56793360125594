"""What a replay found, written down: as text for people, as JSON for programs, as a page to look at."""
