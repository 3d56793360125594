"""Figures of this library as ratios against named alternatives, measured in the same run."""
