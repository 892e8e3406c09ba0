# Two commands: `make run` serves the USimprints site, `make test` proves it. `make help` lists all.

# The first Python that is new enough; without one, `python3`, which then says what is missing.
PYTHON ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p tools/python_version.py >/dev/null 2>&1 && echo $$p && break; done),python3)
PORT ?= 8000
POLICY ?= usimprints
SITE ?= var/$(POLICY)
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
# Some tests wait for browsers and servers: one job more than there are processors.
JOBS ?= $(shell echo $$(($$(nproc 2>/dev/null || echo 1) + 1)))

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help run setup test lint unit sqlite postgresql browser bench fire docs pictures pins clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## /  make \1#/p' Makefile | column -t -s '#'

run: $(VENV)/run.done  ## the site on http://127.0.0.1:8000 (PORT=…), its data in var/
	@test -e $(SITE)/manage.py || $(BIN)/kept new $(SITE) --policy $(POLICY)
	@cd $(SITE) && exec $(BIN)/kept serve --port $(PORT)

setup: $(VENV)/bench.done $(VENV)/fides.done  ## the environment for running and for testing
	@tools/system || echo "make run works without these; make test does not."
	@echo "Ready: make run, make test"

test: $(VENV)/bench.done $(VENV)/fides.done  ## everything: style, types, house, tests on SQLite and PostgreSQL, browser
	@tools/test $(BIN) $(JOBS)

bench: $(VENV)/bench.done  ## the performance table (NAME=… runs one row, QUICK=1 shows that all work)
	@$(BIN)/python -m benchmarks $(NAME)

fire: $(VENV)/test.done  ## many people at once, then with processes killed (SECONDS=300 each)
	@$(BIN)/python -m benchmarks.fire $(or $(SECONDS),300) $(or $(ENGINE),postgresql)

docs: $(VENV)/test.done  ## the reference pages from the code, and all pages as a website in build/docs
	@$(BIN)/python tools/reference.py
	@$(BIN)/python tools/recorded.py
	@$(BIN)/mkdocs build --strict --quiet

pictures: $(VENV)/test.done  ## the pictures of the documentation, from a site made for them
	@tools/system && $(BIN)/python tools/screenshots

pins:  ## write requirements/*.txt anew from pyproject.toml
	@tools/pins $(PYTHON)

clean:  ## remove the environment and caches, never var/
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/made:
	@$(PYTHON) tools/python_version.py
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/run.done: $(VENV)/made requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing what the site needs"
	@$(BIN)/python -m pip install -q -r requirements/build.txt -r requirements/run.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.done: $(VENV)/run.done requirements/test.txt
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install -q -r requirements/test.txt
	@touch $@

$(VENV)/bench.done: $(VENV)/test.done requirements/bench.txt
	@echo "Installing what the benchmarks measure against"
	@$(BIN)/python -m pip install -q -r requirements/bench.txt
	@touch $@

$(VENV)/fides.done: $(VENV)/made requirements/fides.txt
	@echo "Installing what reads the Fides export"
	@$(PYTHON) -m venv $(VENV)/fides
	@$(VENV)/fides/bin/python -m pip install -q -r requirements/fides.txt
	@touch $@
