"""The workflow's first and last step: starts an order, completes it when it is paid and reserved, or cancels it."""
