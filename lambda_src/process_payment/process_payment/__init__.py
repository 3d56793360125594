"""The workflow's step that has an order's money taken by the payment provider, or given back."""
