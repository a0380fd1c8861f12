"""Real services are killed in the middle of their work."""
