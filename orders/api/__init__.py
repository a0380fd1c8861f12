"""Orders over HTTP.

views (orders, owed parcels) with serializers and filters, many at once in bulk; delays (reports, notices); files
(export and import).
"""
