"""Cases, at the merchant's desk and the operator's: disputes, appeals, and the evidence for them.

queues → cases (what both share) → disputes, appeals. evidence shows and takes files.
pack is the evidence pack as a PDF; api hands it out.
"""
