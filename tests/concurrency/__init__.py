"""Races and crashes: harness (contenders), crash and process (where it breaks), invariants (what must hold after)."""
