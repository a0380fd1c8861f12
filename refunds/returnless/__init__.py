"""Refund without return 退款不退货: enrolment, promises on orders, review, and what live rooms show (R1–R10).

enrolment (five steps, the texts are agreements/) → programme (live sessions, the change of version, leaving).
promises: what an order keeps when it is placed. review: the merchant talks first.
Which programme one refund runs under and what pays it: refunds/programme.py.
"""
