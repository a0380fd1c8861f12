"""A gateway on the loopback that takes its time, and the file with which the platform asks it.

gateway (registered by apps) asks over HTTP; server is the outside party, run as a process of its own.
"""
