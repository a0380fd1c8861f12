"""The desk's pages about money kept and lost (Q18, K12).

page (between two days) with charts; rates (the form of hidden costs). overview and loss are cards on other pages.
"""
