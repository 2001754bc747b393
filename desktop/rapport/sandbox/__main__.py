"""``python -m rapport.sandbox``."""

import sys

from .command import add_arguments, main, run

__all__ = ["add_arguments", "main", "run"]

if __name__ == "__main__":
    sys.exit(main())
