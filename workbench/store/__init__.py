"""The desk's store: its settings, people, catalogue, coupons, and what is switched on.

stores (settings, products, return addresses) with payment_terms, the operator's form below a store.
members and their roles, invitations, keys of the API. webhooks: endpoints and what they were told.
coupons: what the store can give; switches: its methods by date; owners and changes: who set up what (changed_things:
where it is). buyers_data: exports and erasures that buyers ask for; looks: who looked at their data.
first_steps: what a new store still needs, on the overview.
"""
