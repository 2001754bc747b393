"""Notes: other people's HTML shown without opening anything, and the little that is written."""
