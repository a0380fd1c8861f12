"""Orders over HTTP.

views (orders, owed parcels) with serializers, address and filters, many at once in bulk; delays (reports, notices);
files (export and import).
"""
