"""Refund without return at the desk: joining step by step, and the programme's page afterwards."""
