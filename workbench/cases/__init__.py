"""Cases, at the merchant's desk and the operator's: disputes, appeals, and the evidence for them.

queues → cases (what both share) → disputes, appeals. evidence shows and takes files.
packs has the evidence pack asked for, made by a worker (pack sets it as a PDF) and taken; api does so over HTTP.
"""
