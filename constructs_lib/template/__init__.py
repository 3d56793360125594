"""A synthesized assembly or template as frozen data: resources, references, construct paths."""
