"""`python -m local_cloud.chaos`."""

import sys

from local_cloud.chaos.cli import main

sys.exit(main())
