"""The round trip with a merchant's ERP: what is to be shipped goes out, tracking numbers come back (K2)."""
