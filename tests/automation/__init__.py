"""Rules of a store: what they say, what they do, and what came of it."""
