"""The protocol of Taobao's open platform ("TOP"), which platforms/taobao.py speaks.

asking (signing, errors, tokens); lists (what has changed); copies (a refund as it is told there → a RefundCopy);
decisions (which call carries a decision out, and what its answer says).
"""
