"""Icons, the application mark, translations and data files, read with importlib.resources."""
