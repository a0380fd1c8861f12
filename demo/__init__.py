"""The demo and the bulk data: stores at work, built with the same actions that everybody else calls.

catalogue, people and pictures → scene, scenes and the like (a request and what happened since: return_scenes and
return_steps, platform, quality, returnless, saving, shipping, small_payments, history) → build, which plays them.
volume: a long history made up by the database in sets; its statements are volume_sql and volume_offers_sql.
volume_whole: millions of them in one transaction, rolled up by volume_rollup_sql, into tables that volume_bare bares.
connected: a shop at the fake of each open platform, opened and connected after the demo was loaded.
ruled and owners: an automatic rule with its refunds, and what owners changed; unclaimed: parcels that nobody announced.
chat is a group chat on the loopback (`python -m demo.chat`), robots are those that write to it.
production keeps it away from where people work.
The commands: `load_demo`, `connect_demo`, `load_volume`.
"""
