"""What metrics did over time: read from files, or built from the shapes of an incident."""
