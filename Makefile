# Everything that people do with Parley is a verb here. `make` alone lists them.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTANCES ?= 2
PROFILE ?= short
DATABASE ?= sqlite
UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' 2>/dev/null)
CATALOGUES := $(shell find locale -name '*.po' 2>/dev/null)
export DENO_TLS_CA_STORE ?= system,mozilla
export DENO_NO_UPDATE_CHECK := 1
# Apart from the others: Playwright runs an event loop that theirs cannot run beside.
BROWSER_TESTS = $(BIN)/python -m pytest tests/browser -q -p no:hypothesispytest -n 2 --dist loadfile
SYSTEM_TESTS = $(BIN)/python -m pytest tests/system -q -p no:hypothesispytest -n 2 --dist loadfile
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes

.DEFAULT_GOAL := help
.PHONY: help setup run demo instance worker check-cluster chaos bench test test-postgres test-js test-system lint \
	format messages protocol lock dev browser clean

help: ## List the verbs
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  \033[1m%-15s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: build/.static ## Install into .venv and build the pages (the other verbs do it when needed)

run: build/.static ## Run Parley: PROCESSES=2 processes on http://127.0.0.1:8000
	@exec $(BIN)/python -m chatproject

demo: build/.static ## Run Parley with a lively workspace to look around in (its own data: var/demo)
	@DATA_DIR=$${DATA_DIR:-var/demo} $(BIN)/python manage.py demo
	@DATA_DIR=$${DATA_DIR:-var/demo} exec $(BIN)/python -m chatproject

instance: build/.static ## Run one process: INSTANCE_ID=Instance-1 PORT=5000 make instance
	@exec $(BIN)/python manage.py serve

worker: $(VENV)/.runtime ## Run one worker beside the processes of make instance
	@exec $(BIN)/python manage.py work

check-cluster: build/.static ## Show who hears whom on INSTANCES=2 processes (CONTRAST=tutorial: without Parley)
	@exec $(BIN)/python -m tools.check_instances --instances $(INSTANCES) $(if $(CONTRAST),--contrast $(CONTRAST))

chaos: dev build/.static ## Break everything and judge what users saw (PROFILE=short|long DATABASE=sqlite|postgresql|both SEED=1)
	@exec $(BIN)/python -m tools.chaos --profile $(PROFILE) --database $(DATABASE) \
		$(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(PEOPLE),--people $(PEOPLE)) \
		$(if $(FAULTS),--faults $(FAULTS)) $(if $(SWITCHES),--switches $(SWITCHES))

bench: dev build/.static ## Measure what a message to many sockets costs, beside others (writes docs/images/fanout*.svg)
	@exec $(BIN)/python -m tools.bench.fanout --draw docs/images

test: dev browser build/.static test-js ## Run all tests, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest tests/unit tests/contract tests/integration -n 2 -q
	$(BIN)/python -m tools.with_postgres $(BIN)/python -m pytest tests/integration -n 2 -q \
		--ignore tests/integration/matrix
	$(SYSTEM_TESTS)
	$(BROWSER_TESTS)

test-postgres: dev ## Run all integration tests on PostgreSQL, with the table of who may do what
	$(BIN)/python -m tools.with_postgres $(BIN)/python -m pytest tests/integration -n 2 -q

test-system: dev browser build/.static ## Run the tests with real processes and a real browser
	$(SYSTEM_TESTS)
	$(BROWSER_TESTS)

test-js: build/.ui ## Run the tests of the browser's code
	cd ui && ../$(BIN)/deno task --quiet test

lint: dev build/.static ## Check style, types, imports, generated files, migrations and settings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m protocol.export --check
	$(BIN)/python manage.py openapi --check
	$(BIN)/djlint templates --lint --quiet
	cd ui && ../$(BIN)/deno task --quiet fmt:check && ../$(BIN)/deno task --quiet lint && ../$(BIN)/deno task --quiet check
	$(BIN)/python ui/icons.py --check
	$(BIN)/python ui/emoji_list.py --check
	$(BIN)/python -m tools.messages check
	$(BIN)/python manage.py makemigrations --check --dry-run
	SECRET_KEY=$$(head -c 48 /dev/urandom | base64) ORIGINS=https://chat.example.org \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

format: dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cd ui && ../$(BIN)/deno task fmt

messages: dev build/.ui ## Take over new texts into locale/, to be translated
	$(BIN)/python -m tools.messages refresh

protocol: $(VENV)/.runtime ## Write what is generated from protocol/, and the OpenAPI document
	$(BIN)/python -m protocol.export
	$(BIN)/python manage.py openapi

lock: dev ## Pin the newest versions that requirements*.in allow
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --upgrade requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --upgrade requirements-dev.in -o requirements-dev.txt

clean: ## Remove what was installed and built, never the data
	rm -rf $(VENV) build ui/node_modules

dev: $(VENV)/.dev

# ── What the verbs stand on ────────────────────────────────────────────────────────────────

$(VENV)/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Parley needs Python 3.11 or newer. Name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing. On Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing what tests and linters need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

build/.ui: $(VENV)/.runtime $(UI_SOURCES) $(CATALOGUES)
	@echo "Building the pages …"
	@$(BIN)/python -m tools.messages compile
	@cd ui && ../$(BIN)/deno ci --quiet && ../$(BIN)/deno task --quiet build
	@$(BIN)/python ui/app_icons.py
	@touch $@

build/.static: build/.ui $(shell find templates chat/static chatproject/settings.py -type f 2>/dev/null)
	@$(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@

browser: $(VENV)/.dev
	@$(BIN)/python -m tools.browser
