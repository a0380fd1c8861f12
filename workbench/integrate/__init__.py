"""What the store's programs have to do with the desk: their keys, what they are told, and what they do wrong.

page: all of it at a glance; guide: what integrators read. keys; endpoints and deliveries (what they were told);
failed_calls. shown: how each is told in a word.
"""
