"""Gives dead letters again to what could not process them, and parks those that stay dead."""
