# For developers. Users need only ./astra (README.md).

BIN := .venv/bin

.PHONY: help lint fmt test test-postgres check bench stress triage-model docs bare
.NOTPARALLEL:

LONG_SEARCHES := tests/dispatch/test_state_machine.py tests/dispatch/assignment/test_distribution_rules.py tests/dispatch/assignment/test_cap_counts.py \
	tests/dispatch/service/test_machine.py tests/dispatch/queries/test_customer_index.py tests/models/test_tallies.py \
	tests/dispatch/privacy/test_any_history.py tests/dispatch/agents/test_calendars.py

# Each commit tries one half of the tests on a server, the next commit the other; make stress tries all.
# With --engine postgres only tests run that use a desk of the fixtures; the others are the same on any engine.
ON_ANY_ENGINE := tests/models tests/dispatch tests/seeds tests/races tests/astra_tui
OF_SERVERS := tests/models/postgres tests/astra_tui/test_on_a_server.py tests/astra_tui/test_bad_servers.py \
	tests/races/test_server_faults.py
PUBLISHED := tests/models tests/seeds/test_challenge.py tests/seeds/test_match_challenge.py \
	tests/seeds/test_match_policy.py tests/dispatch/service tests/dispatch/matching \
	tests/dispatch/assignment/test_policies.py $(addprefix tests/astra_tui/test_,lead.py booking.py people.py)
SERVER := ASTRA_EXAMPLES=0.2 ./astra test --engine postgres
HALF := $(shell expr $$(git rev-list --count HEAD 2>/dev/null || echo 0) % 2)
DEBIANS := $(lastword $(sort $(notdir $(wildcard /usr/lib/postgresql/*))))

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

lint: $(BIN)/ruff  ## check format, style, types, import contracts, structure and prose
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/house_check.py

fmt: $(BIN)/ruff  ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test:  ## run the tests; ARGS="-k claim" for some of them
	@./astra test $(ARGS)

test-postgres: $(BIN)/ruff  ## run tests with desks on a PostgreSQL server: the wheel's, then Debian's
	$(SERVER) --cases 1 --half $(HALF) $(ON_ANY_ENGINE)
	$(if $(DEBIANS),ASTRA_POSTGRES=$(DEBIANS) ./astra test $(OF_SERVERS),@echo "Skipped Debian's server: it is not installed")
	$(if $(DEBIANS),ASTRA_POSTGRES=$(DEBIANS) $(SERVER) $(PUBLISHED))

check: lint test  ## lint and tests: must pass before a commit

bench: $(BIN)/ruff  ## measure the performance budgets; ARGS=--quick for a first look
	$(BIN)/python -m benchmarks $(ARGS)

stress: $(BIN)/ruff  ## run the long tests of faults and load
	./astra test -m stress --timeout 14400 $(ARGS)
	./astra test -m stress --timeout 14400 --engine postgres tests/races $(ARGS)
	$(SERVER) --cases 3 $(ON_ANY_ENGINE)
	ASTRA_EXAMPLES=10 ./astra test --timeout 3600 $(LONG_SEARCHES)

triage-model: $(BIN)/ruff  ## retrain triage and print its accuracy
	$(BIN)/python -m seeds.triage

docs: $(BIN)/ruff  ## regenerate the reference pages and screenshots
	set -e; for script in $(wildcard docs/make_*.py); do $(BIN)/python $$script; done

bare:  ## try ./astra demo and ./astra test on a bare Debian 12 and 13 (needs root and debootstrap)
	tools/bare_debian.sh

# The launcher builds the environment; asking pytest for its version adds the test tools.
$(BIN)/ruff:
	@./astra test --version
