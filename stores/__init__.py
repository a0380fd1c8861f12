"""Stores (the tenants), their people and keys, their catalogue, and the rules of their marketplaces.

states → models → actions/ (what people do) and listings (what a restriction forbids, and what it takes off).
permissions: what each role may do, ceilings: up to how much at once; sign_in: wrong passwords; sessions: who is
signed in where.
instants: what time it is for a request about a store. marketplaces/ are the rules, one file each. api/ is the base of
every view of the API, and the store's own.
"""
