"""The protocol of Douyin's open platform (抖店), which platforms/douyin.py speaks.

asking (signing, errors, tokens); copies (a refund as it is told there → a RefundCopy); decisions (which code carries a
decision out); pushes (verifying messages).
"""
