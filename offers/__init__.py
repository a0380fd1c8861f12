"""Offers: what a merchant proposes instead of the refund as asked, and the buyer's answer.

states → models → situation (what an offer depends on) → eligibility (why not) → methods/ (one file each) → actions.
Choosing: recommendation, statistics, retainable. Around: coupons, switches, bulk, scripts. buyer/ is the buyer's page.
insights/ counts what was kept and lost; sending is what an offer keeps of its moment.
"""
