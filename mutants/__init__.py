"""Guards taken out of the code and of the tables, one at a time, to see a test fail: `make mutants` (docs/adr/0060).

options reads what is asked. finding finds guards in the code, catalogue in the database; tree holds the copy that they
are tried in. watching sees what each test would miss, choosing says which are tried. nursery is the warm pytest that is
forked for each mutant, swapping changes what is loaded there, trying drives it. kept holds what came out
(results.jsonl) and why some may live (reasons.toml), table writes docs/proofs.md. The product imports nothing here.
"""
