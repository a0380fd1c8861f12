"""Payments over HTTP.

views with serializers (small payments to send, all payments to read); webhook takes the gateways' notices.
extras is what rooms above add to the answers.
"""
