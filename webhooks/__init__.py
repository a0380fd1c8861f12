"""What integrators are told of: the feed of events, endpoints that are called and their answers, calls that failed.

This room reads the events of all rooms below; nobody below knows of it. telling: an event as clients see it.

planning (events → deliveries, up to what is settled) → delivering (one endpoint's turn) → wire (one call); addresses
(where endpoints may be), secrets (what signs), actions (what people do), forgetting (the log's end).
failed_calls/: the calls of a store's programs that were answered with an error.
"""
