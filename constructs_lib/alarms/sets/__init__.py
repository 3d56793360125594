"""All alarms of one resource, and the composites over them."""
