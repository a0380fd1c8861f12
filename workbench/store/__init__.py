"""The desk's store: its settings, people, catalogue, coupons, and what is switched on.

stores (settings, products, return addresses) with payment_terms, the operator's form below a store.
people: members and their roles, API keys.
coupons: what the store can give; switches: methods and categories by date.
"""
