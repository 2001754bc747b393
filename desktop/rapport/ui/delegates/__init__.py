"""Row painting: each delegate draws from item roles only."""
