"""Delay reports: which orders ship later than promised, why, and what their buyers were told (K4).

actions report and lift; overdue notes the reports whose date has passed.
"""
