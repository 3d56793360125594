"""The function that processes sales files: streams, cleans, enriches and adds up, once for each object version."""
