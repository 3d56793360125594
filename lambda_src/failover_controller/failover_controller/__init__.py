"""Decides in the standby Region when it takes over from the primary, wakes it, and puts it back to sleep."""
