"""The clock's function: finds orders that nobody has finished, has them fulfilled again, or parks them."""
