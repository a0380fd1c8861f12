"""The API's base: strict input, one error shape, cursor pages, idempotent POSTs."""
