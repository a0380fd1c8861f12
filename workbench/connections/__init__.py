"""What hangs on a marketplace's open platform, of the stores at the desk. Connecting and authorising are the owners'.

connection is the list and the page of a store's connection; state says how it stands, in words that say what to do.
link is the way back from the platform where a merchant has let us in.
card is what a refund's page shows of it.
waiting is what needs a person there: decisions that were sent, tasks by hand, copies that nobody understands.
"""
