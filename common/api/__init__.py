"""The API's base: strict input, one error shape, cursor pages.

In: parsers, fields, bodies (that lend them), filters, unknown (what nobody reads). Out: represent and render (rows as
JSON), pagination, changes (what has changed since), errors (the one shape), pages (what Django
answers by itself).
schema is the OpenAPI document, schema_view serves it; codes says what each operation can be refused with, and raised
reads that off the code. The view that joins them with keys and scopes is stores/api/base.py.
"""
