"""Automatic rules at the desk: the list in the order of their turns, the form, the look at the past, publishing, off.

form: the fields of a rule. rules: the list and what is decided.
"""
