"""The workflow's step that takes an order's articles from the stock, all or none, and gives them back."""
