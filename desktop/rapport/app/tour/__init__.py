"""The window driven through the main job with real input, and pictures of it.

``command`` starts a desktop of its own, ``inside`` runs in it, ``driver`` is hand and eye,
``steps`` is what a person does, ``report`` writes it down.
"""
