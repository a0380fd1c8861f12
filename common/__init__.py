"""What every room needs and no room owns.

A write: actions (the decorator) → actors → errors → writes (`WriteSet`) → events with facts; idempotency.
Whose rows: tenancy (the scope), tenancy_sql (policies, for migrations), system_checks. Values: clock, calendar, money.
Around: upkeep (what rooms declare as due and as true), uploads, rates (how often). api/ is the base of every view.
"""
