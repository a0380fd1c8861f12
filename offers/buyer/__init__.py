"""The buyer's page, made for a phone, on which the buyer answers.

links: signed, for one refund, over after thirty days. views: a GET shows, a POST calls the actions of offers.
evidence: the photographs and films that the buyer shows.
"""
