"""Delay reports: which orders will ship later than promised, why, and what their buyers were told (K4)."""
