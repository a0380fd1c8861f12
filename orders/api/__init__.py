"""Orders over HTTP.

views (orders, owed parcels) with serializers and filters; delays (reports, notices); files (export and import).
"""
