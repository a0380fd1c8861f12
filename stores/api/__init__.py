"""The API's door: keys, scopes, the tenant of a request; and the store's own resources."""
