"""Running the platform: all that is due done at once, all that must hold checked at once, in every room below.

collecting finds what rooms declare in `<room>/sweeps.py` and `<room>/checks.py`, as common/upkeep.py says.
test_clock moves a sandbox's clock on (api: over the API).
sweeping goes round until nothing is due; verification recomputes what must hold.
metrics/ tells Prometheus; health tells how processes and work are, system_checks that no gateway is set up in part;
backup writes everything to a place and restores it from there.
The commands: `sweep`, `verify_ledger`, `health`, `metrics`, `backup`, `restore`, `rotate_keys`.
"""
