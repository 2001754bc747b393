"""The first thing a person sees: three ways in, and how each ends."""

from rapport.ui.onboarding.page import WelcomePage

__all__ = ["WelcomePage"]
