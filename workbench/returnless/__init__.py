"""Refund without return at the desk: joining step by step, and the programme's page afterwards.

steps (where a store is) with forms → decisions → admin (the views); page (budget, products, sessions).
"""
