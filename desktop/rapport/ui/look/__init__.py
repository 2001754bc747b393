"""How Rapport looks: colours, type, icons, avatars, motion, and the one theme that holds them."""
