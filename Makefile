# For developers. Everybody else needs only ./astra (README.md).

BIN := .venv/bin

.PHONY: help lint fmt test check bench stress triage-model docs bare
.NOTPARALLEL:

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

lint: $(BIN)/ruff  ## format, style, types, import contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: $(BIN)/ruff  ## put the code into its form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test:  ## the tests; ARGS="-k claim" for some of them
	@./astra test $(ARGS)

check: lint test  ## lint and tests: what has to pass before a commit

bench: $(BIN)/ruff  ## the table of budgets, measured; ARGS=--quick for a first look
	$(BIN)/python -m benchmarks $(ARGS)

stress: $(BIN)/ruff  ## long runs of faults and load
	./astra test -m stress --timeout 1800 $(ARGS)

triage-model: $(BIN)/ruff  ## train triage on its messages again, and tell how good it is
	$(BIN)/python -m seeds.triage

docs: $(BIN)/ruff  ## write the generated pages and screenshots anew
	set -e; for script in $(wildcard docs/make_*.py); do $(BIN)/python $$script; done

bare:  ## the two commands on a bare Debian 12 (root, debootstrap)
	tools/bare_debian.sh

# The launcher knows how to make the environment; asking pytest for its version adds the test tools.
$(BIN)/ruff:
	@./astra test --version
