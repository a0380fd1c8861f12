"""Automatic rules at the desk: the list in the order of their turns, the form, the look at the past, publishing, off.

words: what a rule says, for people. form: its fields. rules: the list and what is decided.
"""
