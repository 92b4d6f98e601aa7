SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
# The locks are complete, so pip must not resolve them: old versions of pip refuse a lock as soon as a
# package that is required with an extra has a newer release.
PIP := -m pip --disable-pip-version-check --quiet install --no-deps
LOCKED := $(PIP) --no-compile --require-hashes -r
RUNTIME := .venv/runtime.txt
DEV := .venv/dev.txt
WEB := frontend/node_modules/installed-for-tests
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --silent --prefix frontend
YARDSTICKS := .venv/bench/installed.txt
COMPILE := $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make locks"

# With cached bytecode, a start takes half the time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' Makefile | while IFS='|' read -r target words; \
		do printf 'make %-14s %s\n' "$$target" "$$words"; done

.PHONY: run
run: setup ## set up and start everything, then print how to connect
	@echo "Starting Surelist ..."
	@exec $(BIN)/surelist up --welcome

.PHONY: dev
dev: $(DEV) $(WEB) ## run everything with hot reload, on a separate list; DEV_OPTIONS="--port 8010" for other ports
	@exec $(BIN)/surelist up --reload --data data-dev $(DEV_OPTIONS)

.PHONY: setup
setup: $(RUNTIME) ## only set up: install surelist into .venv

.PHONY: hooks
hooks: $(DEV) $(WEB) ## let git check the changed files before each commit
	@git config core.hooksPath .githooks

.PHONY: otel
otel: setup ## install the exporter of OpenTelemetry traces
	@$(BIN)/python $(LOCKED) requirements/otel.txt

# One worker per processor, each with its own PostgreSQL. Long tests run first, and a module whose
# tests share a running server stays on one worker: backend/tests/support/kinds.py.
PYTEST := $(BIN)/pytest -n auto --no-loadscope-reorder

.PHONY: unit
unit: $(DEV) ## run the tests that need no PostgreSQL and no other program: seconds
	$(BIN)/pytest -m "unit and not slow"

.PHONY: test
test: $(DEV) $(WEB) ## run all tests except slow ones and those that need other programs, clients or a browser
	$(PYTEST) -m "(unit or database) and not slow"
	$(NPM) test

.PHONY: check
check: $(DEV) $(WEB) need-redis-server need-chromium need-caddy need-psql ## check format, lint, types and import contracts, and run every test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(NPM) run types
	$(NPM) run lint
	$(PYTEST)
	$(NPM) test
	$(NPM) run e2e

OTHER := /usr/lib/postgresql/15/bin

.PHONY: check-all
check-all: check faults need-pgbouncer ## run check and faults, then the tests on PostgreSQL 15 through PgBouncer
	.ci/need $(OTHER)/postgres postgresql-15
	SURELIST_TEST_POSTGRES=$(OTHER) SURELIST_TEST_PGBOUNCER=/usr/sbin/pgbouncer $(PYTEST)

.PHONY: check-citus
check-citus: $(DEV) ## run the tests on a Citus cluster; CITUS_URL=superuser's address at the coordinator, TESTS=path for some
	@test -n "$(CITUS_URL)" || { echo "CITUS_URL is not set: see docs/scaling.md#citus" >&2; exit 2; }
	CITUS_URL=$(CITUS_URL) $(BIN)/pytest -m "not unit and not client" $(TESTS)

.PHONY: coverage
coverage: $(DEV) need-redis-server need-psql ## measure the branch coverage of the back end's tests; TESTS=path for some of them
	$(BIN)/pytest --cov --cov-report=term:skip-covered --cov-report=html $(TESTS)

.PHONY: check-clients
check-clients: $(DEV) ## call the tools through released agent frameworks; CLIENTS=python/dspy for one
	cd backend && ../$(BIN)/python -m tests.frameworks $(CLIENTS)

need-psql:
	@.ci/need psql postgresql-client

need-%:
	@.ci/need $*

.PHONY: bench
bench: $(DEV) $(YARDSTICKS) ## measure speed; BENCH=cpu, load, growth, distance or feed for one part
	PYTHONPATH=. $(BIN)/python -m bench $(BENCH)

.PHONY: faults
faults: $(DEV) ## break a running server under load, and print the results of calls
	PYTHONPATH=.:backend $(BIN)/python -m bench.faults

.PHONY: generated
generated: $(DEV) $(WEB) ## write the generated files, which the tests check for drift
	cd backend && ../$(BIN)/python -m tests.support.write_tool_list
	cd backend && ../$(BIN)/python -m tests.support.write_openapi
	cd backend && ../$(BIN)/python -m tests.support.write_statements
	cd backend && PATH="$(CURDIR)/$(BIN):$$PATH" ../$(BIN)/python -m tests.support.write_people
	$(NPM) run generate

.PHONY: locks
locks: $(DEV) ## upgrade the locks in requirements/ from pyproject.toml
	$(COMPILE) --upgrade --group build -o requirements/runtime.txt pyproject.toml
	$(COMPILE) --upgrade --group build --extra otel -c requirements/runtime.txt \
		-o requirements/otel.txt pyproject.toml
	$(COMPILE) --upgrade --group build --extra otel --group dev -c requirements/otel.txt \
		-o requirements/dev.txt pyproject.toml
	$(COMPILE) --upgrade --group bench -c requirements/runtime.txt \
		-o requirements/bench.txt pyproject.toml
	$(COMPILE) --group web -c requirements/dev.txt -o requirements/web.txt

.PHONY: client-locks
client-locks: $(DEV) ## upgrade the locks of the agent frameworks
	cd backend && ../$(BIN)/python -m tests.frameworks.lock

CHECK := $(MAKE) check

.PHONY: release
release: ## check, write the version and the changelog's heading, commit and tag; VERSION=x.y.z
	@.ci/release "$(VERSION)" $(CHECK)

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
	@$(BIN)/python -c "from surelist.web_page import build; build.record_installed()"
	@touch $@

$(YARDSTICKS): requirements/bench.txt $(RUNTIME)
	@echo "Installing FastMCP, to compare with, in .venv/bench ..."
	@$(BIN)/python -m venv .venv/bench
	@.venv/bench/bin/python $(LOCKED) requirements/bench.txt
	@cp $< $@
