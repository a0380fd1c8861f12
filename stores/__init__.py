"""Stores (the tenants), their people and keys, their catalogue, and the rules of their marketplaces.

states → models → actions/ (every write) and listings (what a restriction forbids). permissions: what each role may do.
marketplaces/ are the rules, one file each. api/ is the base of every view of the API, and the store's own.
"""
