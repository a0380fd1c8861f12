"""The methods, one file each: every module of this package registers its class (docs/adr/0016).

base is the shape of a method; negotiation (changes the request) and retention (keeps the order) are what families of
methods share. Every other file is one method.
"""

from common.registry import import_files
from offers.methods.base import BuyerConcern, Method, Situation, Terms, register
from offers.registry import METHODS

__all__ = ["METHODS", "BuyerConcern", "Method", "Situation", "Terms", "register"]

import_files(__name__, __path__)
