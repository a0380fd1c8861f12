"""The buyer's page: a signed link per refund, made for a phone, on which the buyer answers."""
