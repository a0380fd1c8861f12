"""The protocol of WeChat Shop (微信小店), which platforms/wechat_shop.py speaks.

asking (errors, the token); copies (a refund as it is told there → a RefundCopy); decisions (which call carries one
out); pushes (verifying and decrypting messages).
"""
