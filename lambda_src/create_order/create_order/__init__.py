"""The HTTP API's function: takes orders, once each, and asks for their fulfilment."""
