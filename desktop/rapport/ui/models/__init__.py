"""Qt models: they page, hold no more rows than are looked at, and never touch the database."""
