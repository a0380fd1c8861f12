"""The room of connectors, asked at the wire: whatever answers is a server on the loopback."""
