# Everything works from a clean clone with Python 3.11 or later and make.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for each in python3 python3.11 python3.12 python3.13; do \
	$$each -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& { echo $$each; break; }; done)
ENV := .venv
BENCH_ENV := .venv-bench
PEERS := $(filter $(or $(ONLY),attribution funnel),attribution funnel)
PIP_INSTALL := -m pip --disable-pip-version-check install --quiet --require-hashes
THIS_PRODUCT := -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
LOCK := $(ENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(UPGRADE)
SAME_AS_DEV := --constraints requirements/dev.lock
TESTS ?= tests
WORKERS ?= 2

.PHONY: help demo test lint browser java format lock bench docs screenshots dist clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: $(ENV)/.ready-to-run  ## the product in the browser, on a fictional company (ARGS="--port 8000 --no-browser")
	@$(ENV)/bin/python -m smarketing demo $(ARGS)

test: lint browser java  ## lint, then every test; says at the end what ran and what was skipped
	@echo "==> pytest"
	@$(ENV)/bin/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(TESTS)
	@echo "==> done: ruff check, ruff format, mypy, import-linter, pytest (its closing line above counts what passed and was skipped)"

browser:  ## a Chromium, for the tests of the pages and the screenshots; one that is there is taken
	@requirements/browser.sh

java: $(ENV)/.ready-to-work  ## a Java, for the tests on Spark; one that is there is taken
	@requirements/java.sh

lint: $(ENV)/.ready-to-work  ## style, format, types, floors
	@echo "==> ruff check"
	@$(ENV)/bin/ruff check .
	@echo "==> ruff format"
	@$(ENV)/bin/ruff format --check .
	@echo "==> mypy"
	@$(ENV)/bin/mypy
	@echo "==> import-linter"
	@$(ENV)/bin/lint-imports --no-cache --config pyproject.toml | sed -n '/^Contracts$$/,$$p'; exit $${PIPESTATUS[0]}

format: $(ENV)/.ready-to-work  ## put the code into its format
	@$(ENV)/bin/ruff check --fix --quiet . || true
	@$(ENV)/bin/ruff format .

lock: $(ENV)/.ready-to-work  ## write requirements/*.lock anew (UPGRADE=--upgrade takes newer versions)
	@$(LOCK) --extra all pyproject.toml requirements/dev.in -o requirements/dev.lock
	@$(LOCK) $(SAME_AS_DEV) pyproject.toml -o requirements/core.lock
	@$(LOCK) $(SAME_AS_DEV) --extra app pyproject.toml -o requirements/app.lock
	@$(LOCK) $(SAME_AS_DEV) requirements/build.in -o requirements/build.lock
	@$(LOCK) $(SAME_AS_DEV) --extra app pyproject.toml requirements/bench.in -o requirements/bench.lock
	@for each in attribution funnel; do $(LOCK) requirements/peer-$$each.in -o requirements/peer-$$each.lock; done

bench: $(BENCH_ENV)/.ready-to-measure $(PEERS:%=.venv-peer-%/.ready)  ## our time beside the others', and how fast pages answer (SIZES="1000000" for a short one, ONLY=replay|attribution|funnel|live|pages|people|ingest)
	@$(BENCH_ENV)/bin/python -m benchmarks $(if $(SIZES),--sizes $(SIZES)) $(if $(ONLY),--only $(ONLY))

docs: $(ENV)/.ready-to-work  ## write the generated pages of docs/ anew
	@$(ENV)/bin/python -m docs.generate

screenshots: $(ENV)/.ready-to-work browser  ## every page in light, dark and on a phone, into docs/screenshots
	@$(ENV)/bin/python -m docs.screenshots

dist: $(ENV)/.ready-to-work  ## the wheel and the source archive, in dist/
	@rm -rf dist
	@$(ENV)/bin/python -m build --no-isolation --outdir dist . >/dev/null
	@ls -1 dist

clean:  ## remove everything that was made here
	@rm -rf $(ENV) $(BENCH_ENV) .venv-peer-* build dist demo out src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ENV)/.ready-to-run: pyproject.toml requirements/app.lock requirements/build.lock
	$(call environment,$(ENV))
	@echo "Installing what the product needs (once) ..."
	@$(ENV)/bin/python $(PIP_INSTALL) -r requirements/app.lock -r requirements/build.lock
	@$(ENV)/bin/python $(THIS_PRODUCT)
	@touch $@

$(ENV)/.ready-to-work: pyproject.toml requirements/dev.lock
	$(call environment,$(ENV))
	@echo "Installing what working here needs (once) ..."
	@$(ENV)/bin/python $(PIP_INSTALL) -r requirements/dev.lock
	@$(ENV)/bin/python $(THIS_PRODUCT)
	@touch $@ $(ENV)/.ready-to-run

$(BENCH_ENV)/.ready-to-measure: pyproject.toml requirements/bench.lock requirements/build.lock
	$(call environment,$(BENCH_ENV))
	@echo "Installing what measuring needs (once) ..."
	@$(BENCH_ENV)/bin/python $(PIP_INSTALL) -r requirements/bench.lock -r requirements/build.lock
	@$(BENCH_ENV)/bin/python $(THIS_PRODUCT)
	@touch $@

.venv-peer-%/.ready: requirements/peer-%.lock
	$(call environment,$(@D))
	@echo "Installing what is measured beside ours (once) ..."
	@$(@D)/bin/python $(PIP_INSTALL) -r $< && touch $@ || { echo "$(@D) could not be made; that peer is left out." >&2; rm -rf $(@D); }

define environment
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with venv is needed; none was found." >&2; exit 1; }
	@test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
endef
