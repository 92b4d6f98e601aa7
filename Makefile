SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
# Without resolving anew what a lock names already: old pips do that wrongly, and refuse the lock once
# a package that is asked for with an extra has a newer release.
PIP := -m pip --disable-pip-version-check --quiet install --no-deps
LOCKED := $(PIP) --no-compile --require-hashes -r
RUNTIME := .venv/runtime.txt
DEV := .venv/dev.txt
WEB := frontend/node_modules/installed-for-tests
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --silent --prefix frontend
YARDSTICKS := .venv/bench/installed.txt
COMPILE := $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make locks"

# A start takes half the time when Python has kept what it compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' Makefile | while IFS='|' read -r target words; \
		do printf 'make %-13s %s\n' "$$target" "$$words"; done

.PHONY: run
run: setup ## set up, start PostgreSQL, Surelist and its web page, print how to connect
	@echo "Starting Surelist ..."
	@exec $(BIN)/surelist up --welcome

.PHONY: setup
setup: $(RUNTIME) ## make .venv with surelist in it

.PHONY: otel
otel: setup ## add to .venv what exports OpenTelemetry traces
	@$(BIN)/python $(LOCKED) requirements/otel.txt

.PHONY: test
test: $(DEV) $(WEB) need-redis-server need-chromium need-caddy need-psql ## set up and run the tests
	$(BIN)/pytest
	$(NPM) test
	$(NPM) run e2e

.PHONY: check
check: $(DEV) $(WEB) need-redis-server need-chromium need-caddy need-psql ## format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(NPM) run types
	$(NPM) run lint
	$(BIN)/pytest
	$(NPM) test
	$(NPM) run e2e

OTHER := /usr/lib/postgresql/15/bin

.PHONY: check-all
check-all: check faults need-pgbouncer ## check, faults, and the tests on PostgreSQL 15 through PgBouncer
	.ci/need $(OTHER)/postgres postgresql-15
	SURELIST_TEST_POSTGRES=$(OTHER) SURELIST_TEST_PGBOUNCER=/usr/sbin/pgbouncer $(BIN)/pytest

.PHONY: check-clients
check-clients: $(DEV) ## drive the tools by agent frameworks as released; CLIENTS=python/dspy for one
	cd backend && ../$(BIN)/python -m tests.frameworks $(CLIENTS)

need-psql:
	@.ci/need psql postgresql-client

need-%:
	@.ci/need $*

.PHONY: bench
bench: $(DEV) $(YARDSTICKS) ## speed, beside yardsticks; BENCH=cpu, load, growth or distance for one
	PYTHONPATH=. $(BIN)/python -m bench $(BENCH)

.PHONY: faults
faults: $(DEV) ## break a running server in every way under load, and print what was seen
	PYTHONPATH=.:backend $(BIN)/python -m bench.faults

.PHONY: generated
generated: $(DEV) $(WEB) ## write the generated files anew; the tests check them for drift
	cd backend && ../$(BIN)/python -m tests.tasks.write_tool_list
	cd backend && ../$(BIN)/python -m tests.write_openapi
	cd backend && ../$(BIN)/python -m tests.write_statements
	cd backend && PATH="$(CURDIR)/$(BIN):$$PATH" ../$(BIN)/python -m tests.write_people
	$(NPM) run generate

.PHONY: locks
locks: $(DEV) ## resolve requirements/ anew from pyproject.toml
	$(COMPILE) --upgrade --group build -o requirements/runtime.txt pyproject.toml
	$(COMPILE) --upgrade --group build --extra otel -c requirements/runtime.txt \
		-o requirements/otel.txt pyproject.toml
	$(COMPILE) --upgrade --group build --extra otel --group dev -c requirements/otel.txt \
		-o requirements/dev.txt pyproject.toml
	$(COMPILE) --upgrade --group bench -c requirements/runtime.txt \
		-o requirements/bench.txt pyproject.toml
	$(COMPILE) --group web -c requirements/dev.txt -o requirements/web.txt

.PHONY: client-locks
client-locks: $(DEV) ## lock the newest releases of the agent frameworks
	cd backend && ../$(BIN)/python -m tests.frameworks.lock

$(BIN)/python:
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -m venv .venv && exit; \
			rm -rf .venv; \
			echo "$$python cannot make .venv; on Debian and Ubuntu: apt install python3-venv" >&2; \
			exit 2; \
		fi; \
	done; \
	echo "Surelist needs Python 3.11 or newer as python3 on the PATH." >&2; exit 2

$(RUNTIME): requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing Surelist in .venv ..."
	@$(BIN)/python $(LOCKED) requirements/runtime.txt
	@$(BIN)/python $(PIP) --no-build-isolation --no-index -e .
	@cp $< $@

$(DEV): requirements/dev.txt $(RUNTIME)
	@$(BIN)/python $(LOCKED) requirements/dev.txt
	@cp $< $@

$(WEB): frontend/package-lock.json | $(DEV)
	@echo "Installing the packages of the web page ..."
	@$(NPM) ci --ignore-scripts
	@$(BIN)/python -c "from surelist.web_page import build; build.note_installed()"
	@touch $@

$(YARDSTICKS): requirements/bench.txt $(RUNTIME)
	@echo "Installing FastMCP, to compare with, in .venv/bench ..."
	@$(BIN)/python -m venv .venv/bench
	@.venv/bench/bin/python $(LOCKED) requirements/bench.txt
	@cp $< $@
