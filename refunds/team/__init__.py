"""Several people at one desk: assigning (who sees to a refund, by hand or in turn), notes (for colleagues only),
presence (who looks at it now).

Nothing here moves a refund, and nothing of it is told to buyers or marketplaces (docs/adr/0065).
"""
