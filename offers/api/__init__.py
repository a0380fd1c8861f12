"""Offers over HTTP.

views (offers, what may be offered, coupons) with serializers; insights (figures, cost rates); extras adds offers to a
refund's detail.
"""
