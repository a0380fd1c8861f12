"""What integrators are told of: the feed of events, endpoints that are called, and every call with its answer.

This room reads the events of all rooms below; nobody below knows of it. telling: an event as clients see it.
"""
