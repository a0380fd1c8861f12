"""What the buyer's page asks."""
