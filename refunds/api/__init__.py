"""Refunds over HTTP.

views with serializers are the refund and its moves, bulk is many requests; disputes, appeals, evidence, payouts and
quality are a file each. parcels and extras are parts of a refund's detail.
"""
