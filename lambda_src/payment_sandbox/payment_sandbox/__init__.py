"""A stand-in of a payment provider: takes charges and refunds, once for each idempotency key; no money moves."""
