"""What every room needs and no room owns.

A write: actions (the decorator) → actors → errors (broken: in plain words) → writes (`WriteSet`) → events with facts;
idempotency. changes: from what to what; changed: when; ids, request_ids.
Whose rows: tenancy (the scope), tenancy_sql (policies, for migrations), grants.
What goes after a while: retention, stray (files that no row knows), and in parts: partition_sql (for migrations).
What a migration adds beside those who write: index_sql.
What is kept of a buyer: personal (declared by rooms, holdings collects it), personal_sql (for migrations); looks (of
whom an answer shows something).
Values: clock (clock_check: is it right?), calendar, money, words, texts (what one may hold), sentences (kept, then
worded; kept_text: by a column), search (what was typed), sealing (secrets).
Work: upkeep (what rooms declare as due and as true) and attention (what for a person), found by declared; waiting
(how many rows) → obligations, workers (fairness: each store its share), callees,
setbacks; progress; hints, hint_server
(sentinels: where it is); heartbeats. Many at once: bulk (one that fails harms no other). Reading: queries (compiled
once), together (for many rows at once), at_once (many lists), snapshots, settled (what nobody can miss), time_limits,
dear (costs much), rates (how often),
replica/ (who may read there) and apart (what else is read there).
Outside: registry and outside (found by their files), uploads (pictures;
isomedia: what phones make). Running: metering/ (figures and traces), health, clock_check, system_checks, commands;
log_values and log_scope (what the log holds, and whose it is). api/ is the base of every view, web/ the middleware.
"""
