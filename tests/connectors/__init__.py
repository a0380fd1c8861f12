"""Open platforms, asked over the wire: each against its documents' own examples and against a fake on the loopback."""
