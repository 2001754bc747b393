"""``python -m rapport.app`` is ``rapport``."""

import sys

from rapport.app.cli import main

sys.exit(main())
