"""The feed of events, and endpoints and deliveries, over HTTP.

events with pages (the feed); views with serializers (endpoints and deliveries).
"""
