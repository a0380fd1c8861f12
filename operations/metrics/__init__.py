"""What `/metrics` answers: `scripts/serve metrics`, a process of its own beside those that it tells of.

figures reads what the platform is at (database, hint server, broker), each in its own time; exporter joins that with
what processes have noted (common/metering) and answers over HTTP. docs/adr/0083.
"""
