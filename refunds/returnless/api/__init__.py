"""Refund without return over HTTP, and the badges that live rooms read.

views with serializers are the store's enrolment; public are the badges; extras is what the store's settings say of it.
"""
