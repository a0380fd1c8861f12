"""Running the platform: everything that is due done at once, every invariant checked at once, over all rooms below."""
