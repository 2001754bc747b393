"""Builds and connects everything; the command line."""
