"""What invokes a function, set up so that no event is lost on the way."""
