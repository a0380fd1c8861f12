"""What every call of the API passes through, and the store's own resources.

opening (key, store and scope) → auth (whose key) → throttle → base (`StoreViewSet`: idempotency, action; bulk for many
items) → views with serializers. extras: what higher rooms add to a store's settings.
"""
