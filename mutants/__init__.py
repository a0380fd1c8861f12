"""Guards taken out of the code and of the tables, one at a time, to see a test fail: `make mutants` (docs/adr/0060).

python finds them in the code, catalogue in the database, `everything` is both. tree holds the copy that they are tried
in, reach which tests get to which lines, choosing the tests for one. nursery is the warm pytest that a child is forked
from for each (cold begins anew for what is done on import); trying drives it. kept holds what came out (results.jsonl)
and reasons why some live (reasons.toml), table makes docs/proofs.md of it. Nothing here is imported by the product.
"""
