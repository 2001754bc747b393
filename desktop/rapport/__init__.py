"""Rapport: a desktop companion for a HighLevel-style CRM."""

__version__ = "0.1.0"
