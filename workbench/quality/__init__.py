"""The desk's page about quality refunds."""
