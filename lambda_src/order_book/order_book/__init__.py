"""What the functions of the order service agree on: the item of an order, its states, and the events of its steps."""
