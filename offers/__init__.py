"""Offers: what a merchant proposes instead of the refund as asked, and the buyer's answer.

states → models → situation (what an offer depends on) → methods/ (one file each, found by registry) → eligibility
(why not) with terms and cautions → actions; waiting (a marketplace has to confirm). Choosing: recommendation over
choosing/ (what keeps most), advice (what was recommended, kept with what was sent), statistics, retainable. Around:
coupons, kept_coupons, switches, bulk, scripts, text (its length). buyer/ is the buyer's page, arriving what it tells
after a yes. insights/ counts what was kept and lost; sending is what an offer keeps of its moment.
"""
