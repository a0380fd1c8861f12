"""Webhooks at the wire: a receiver on the loopback that knows nothing of ours looks at raw bytes."""
