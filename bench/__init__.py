"""The benchmarks: `make bench`, or `scripts/bench --quick` for a try.

Absolute figures drift with the machine, so every figure is a ratio of two things that run in turn, on the same
services, in the same run. Nothing of this is part of the platform.
"""
