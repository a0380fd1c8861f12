.PHONY: help run serve test bench scale prove mutants lint lock pythons clients

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1	/'

run:  ## Install, start everything with a demo, until Ctrl-C (PORT=8000 DATA_DIR=.data)
	@scripts/run

serve:  ## One process where people work: make serve WHAT="web" (docs/deploy.md)
	@scripts/serve $(WHAT)

test:  ## Install, then every check and test on services of its own
	@scripts/test

bench:  ## The benchmarks
	@scripts/bench

scale:  ## The service as many machines would run it, each part killed under load (docs/scaling.md)
	@scripts/scale

prove:  ## Histories of many clients held against a model of the rules: MINUTES=60, SEED=7 or HISTORY=file; GUARDS=1
	@SEED=$(SEED) MINUTES=$(MINUTES) GUARDS=$(GUARDS) HISTORY=$(HISTORY) scripts/prove

mutants:  ## Take each guard out and see a test fail; hours at first (scripts/mutants --help)
	@scripts/mutants

lint:  ## The checks that need no services
	@scripts/lint

pythons:  ## Rules, recipes and journeys on each other Python that this machine has
	@scripts/pythons run

lock:  ## Resolve requirements*.txt anew
	@scripts/lock

clients:  ## Generate clients/ anew from the API's schema
	@scripts/clients
