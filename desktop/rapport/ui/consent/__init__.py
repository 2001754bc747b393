"""The consent page of the provider, shown in a short-lived child of this program.

``request`` is what passes between parent and child, ``guard`` decides what the page may load,
``child`` is the child's program, ``launch`` starts it and waits for its one line.
"""
