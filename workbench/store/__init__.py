"""The desk's store: its settings, people, catalogue, coupons, and what is switched on.

stores (settings, products, return addresses) with payment_terms, the operator's form below a store.
members: people and their roles; invitations: who may become one.
coupons: what the store can give; switches: its methods by date; changes: who set up what.
first_steps: what a new store still needs, on the overview.
"""
