"""Several people at one desk: who sees to a refund, what they note, who looks at it now.

assigning: by hand or in turn; undoing: back again, for a moment. notes: for colleagues only.
tags: words to find it by. presence: who has the page open.

Nothing here moves a refund, and nothing of it is told to buyers or marketplaces (docs/adr/0065).
"""
