"""The desk's money: payments, small payments and their limits.

payments is the list and the page of one; queues are its tabs.
small_payments is the form and the card that pages of refunds, orders and customers show.
"""
