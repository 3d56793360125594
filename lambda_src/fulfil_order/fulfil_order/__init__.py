"""The queue's function: begins the workflow of each order, once, however often the message comes."""
