"""Keeps the local copy and the CRM in agreement. Runs on the engine thread's loop.

Nothing is imported here: the window needs only the status board before its first paint.
"""
