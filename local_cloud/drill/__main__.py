"""`python -m local_cloud.drill`."""

import sys

from local_cloud.drill.cli import main

sys.exit(main())
