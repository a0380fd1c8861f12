"""Stores (the tenants), their people and keys, their catalogue, and the rules of the marketplaces they sell on."""
