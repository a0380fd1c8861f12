"""Tmall and Taote at the wire: TOP's own examples, and its fake with every mischief; one file for each call."""
