"""What AWS documents and rules need as tables: metrics of services, limits, runtimes."""
