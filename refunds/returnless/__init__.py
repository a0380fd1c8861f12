"""Refund without return 退款不退货: enrolment, promises on orders, review, and what live rooms show (R1–R10)."""
