"""How long a person waits, and what the program costs while nothing is done.

``command`` reads the command line and ``prepare`` makes profiles of any size. ``measure`` starts
what is measured, each time as a fresh process (``programs``): ``outside`` uses and watches the real
program through the X server (``screen``), ``inside`` is the program with a stop-watch in it, and
``pacing`` its engine alone beside the vendor's rate limit.
``statistics`` writes the figures down.
"""
