"""What the operating system offers: keyring, notifications, paths, the running instance."""
