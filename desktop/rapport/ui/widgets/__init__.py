"""Reusable widgets that know the look and nothing of the CRM."""
