# `make run` and `make test` do all the set-up by themselves; everything else is for people who work on the code.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1

# Each worker has a database, servers and a browser of its own: about 1 GB of memory.
PARALLEL := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run test test-fast test-alone fuzz fuzz-api coverage check bench lock install install-dev clean

run: install
	@exec $(BIN)/python -m deepwiki.run

test: install-dev
	@$(BIN)/python -m deepwiki.testing.programs --ensure
	@$(BIN)/python -m pytest $(PARALLEL) -m "not alone"

# What needs no database, no other process and no browser: seconds.
test-fast: install-dev
	@$(BIN)/python -m pytest -m unit

# What fills a disk or floods a server, one after the other: beside others it would take their time.
test-alone: install-dev
	@$(BIN)/python -m pytest -n 0 -m alone --timeout 400

# Random input for whatever reads outside data: more examples than `make test` tries, from a fixed seed.
fuzz: install-dev
	@$(BIN)/python -m pytest $(PARALLEL) -m fuzz --hypothesis-profile=fuzz --hypothesis-seed=0

# Schemathesis over the REST interface, for ten minutes.
fuzz-api: install-dev
	@DEEPWIKI_TEST_API_SECONDS=600 $(BIN)/python -m pytest -n 0 chat/tests/test_rest_schema.py

# Fails below the share that pyproject.toml names.
coverage: install-dev
	@$(BIN)/python -m deepwiki.testing.programs --ensure
	@$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term:skip-covered

check: install-dev
	@$(BIN)/python -m deepwiki.testing.check

bench: install-dev
	@$(BIN)/python -m bench

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(VENV)/.installed: requirements.txt deepwiki/runtime/bootstrap.sh
	@sh deepwiki/runtime/bootstrap.sh requirements.txt && touch "$@"

$(VENV)/.installed-dev: requirements-dev.txt deepwiki/runtime/bootstrap.sh
	@sh deepwiki/runtime/bootstrap.sh requirements-dev.txt && touch "$@" $(VENV)/.installed

# Universal: one file for Linux and macOS, every supported Python; it names no index.
lock:
	@for name in requirements requirements-minilm requirements-dev; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate --no-strip-extras --output-file $$name.txt $$name.in || exit 1; done

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache staticfiles test-artifacts
