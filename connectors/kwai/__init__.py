"""The protocol of Kuaishou's open platform, which platforms/kuaishou.py speaks.

asking (signing, errors); copies (a refund as it is told there → a RefundCopy); decisions (which call carries a decision
out); pushes (decrypting messages).
"""
