"""Guards taken out of the code and of the tables, one at a time, to see a test fail: `make mutants` (docs/adr/0060).

options reads what is asked. finding finds guards in the code, catalogue in the database; tree holds the copy that they
are tried in; choosing says which tests for each. nursery is the warm pytest that is forked for each of them, trying
drives it. kept holds what came out (results.jsonl) and why some may live (reasons.toml), table writes docs/proofs.md.
The product imports nothing here.
"""
