"""The function that confirms orders: publishes one message an order, whatever is retried or re-driven."""
