"""A local CRM that answers as the real one does, to try Rapport on and to test it against.

It imports nothing from the rest of Rapport: what it knows comes from the vendor's published
contract, so that a mistake in the client cannot hide in the same mistake here.

``server.Sandbox`` runs it in an event loop, ``server.SandboxThread`` in a thread of its own,
``python -m rapport.sandbox`` alone. Data live in one SQLite database, in memory or in a file.
"""
