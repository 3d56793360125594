"""The function that takes in uploaded files: one record and one message for each object version."""
