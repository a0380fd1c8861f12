"""Refund without return over HTTP, and the badges that live rooms read."""
