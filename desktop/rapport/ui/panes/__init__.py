"""The parts of the window, each built on the workspace and the window's context."""
