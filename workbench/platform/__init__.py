"""What whoever runs Wanliu looks after: the menu's Platform, for operators alone.

attention (what waits for a person, of every kind); accounts (people who sign in); switches (categories and methods of
marketplaces, by date).
reconciliations (the daily comparison with the gateways) and setbacks (what sweeps left aside);
letters (e-mails that are owed); retention (what is kept for how long).
"""
