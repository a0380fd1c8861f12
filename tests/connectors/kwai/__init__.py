"""Kuaishou at the wire: the examples of its SDKs, and its fake with every mischief; one file for each call."""
