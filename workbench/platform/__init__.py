"""What comes before the platform, for the merchant's desk and the platform's: disputes, appeals, evidence.

queues → cases (what both share) → disputes, appeals. evidence shows and takes files.
pack is the evidence pack as a PDF; api hands it out.
"""
