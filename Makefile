# Two commands do all: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# The bundled pip of a fresh Python is old; it still understands hashes. The locks are whole, so nothing
# is resolved again: an old pip would look for extras of a package in releases newer than the lock.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKED := install --no-deps --require-hashes

.PHONY: run install test slow check spark lint types translations lock clean help

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: install ## run the main job once on a synthetic nation, then serve the site
	@$(BIN)/tutela demo --out var/demo --port $(PORT)

install: $(VENV)/.installed ## create .venv with the locked dependencies

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Tutela needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked dependencies into $(VENV) ..."
	@$(PIP) $(LOCKED) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(PIP) $(LOCKED) -r requirements-dev.lock
	@touch $@

test: install $(VENV)/.installed-dev lint types ## linters, types, import contracts, all tests that this machine can run but the slow ones
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" $(PYTEST_ARGS)

slow: install $(VENV)/.installed-dev ## the slow tests: a million rows, a process killed at every step, long bootstraps
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow $(PYTEST_ARGS)

check: install $(VENV)/.installed-dev ## the quick tests only
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not browser and not postgresql and not spark"

spark: install $(VENV)/.installed-dev ## add Spark (450 MB; needs Java 17), so that its tests run too
	@$(PIP) $(LOCKED) -r requirements-spark.lock

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.installed-dev
	$(BIN)/mypy

translations: install ## collect the site's texts and compile the catalogues
	$(BIN)/python -m tutela.site.translations

lock: ## lock the dependencies again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		pyproject.toml --extra postgresql --group build -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		pyproject.toml --extra postgresql --group build --group dev -o requirements-dev.lock
	echo "pyspark[sql]>=4.1,<5" | uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-header --quiet --constraint requirements-dev.lock - -o requirements-spark.lock

clean: ## remove what the commands made
	rm -rf $(VENV) var .coverage htmlcov
