"""Figures of each process for Prometheus, noted where things happen; nothing is done where METRICS_DIR isn't set.

noting is what the code calls (`noting.call_answered(…)`), and asking stands around each call to an outside party.
series says which figures there are, instruments makes them, slots are the files in which the processes of a machine
keep them; `manage.py metrics` (operations/metrics/) reads these and answers Prometheus (docs/adr/0083).
tasks hears Celery's signals, statements counts, and tracing sends traces (by spans, if at all; docs/adr/0084).
"""
