"""Whole flows from the request to the booked money, by all who take part."""
