"""A local AWS for the demo and the end-to-end tests: MiniStack in one process, with what it lacks added.

`LocalCloud` (in `local_cloud.server`) starts it as a process of its own; `python -m local_cloud` runs it in the
foreground. What stays different from AWS is listed in this folder's README.
"""

from local_cloud.server import LocalCloud, LocalCloudError

__all__ = ["LocalCloud", "LocalCloudError"]
