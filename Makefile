# Each target sets up what it needs. The two that matter: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.complete
# Node, the CDK CLI and every tool come from .venv; a .pyc cache makes `import aws_cdk` four times faster.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
unexport PYTHONDONTWRITEBYTECODE VIRTUAL_ENV PYTHONHOME

# The handlers that bring packages along; the library's own need boto3 alone, which Lambda has.
LOCKED := $(dir $(wildcard lambda_src/*/requirements.in))
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header
CODE := app.py constructs_lib stacks lambda_src local_cloud tests examples benchmarks docs

.PHONY: help demo drill chaos test synth check format snapshots bench docs lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(SETUP): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -E '^uv==' requirements.txt)"
	@$(BIN)/uv pip install --quiet --compile-bytecode --requirement requirements.txt
	@touch $@

demo: $(SETUP) ## deploy the order service to a local AWS and watch it survive a failure (KEEP=1 leaves it running)
	@$(BIN)/python -m local_cloud.demo $(if $(KEEP),--keep)

drill: $(SETUP) ## break one of two Regions in every way and measure what users see (FAULT=slow, ARGS="--runs 3"); 30 minutes
	@$(BIN)/python -m local_cloud.drill $(addprefix --fault ,$(FAULT)) $(ARGS)

chaos: $(SETUP) ## 2,000 orders and 200 files under injected faults; what became of each (SEED=7, ARGS="--seeds 20 --orders 100 --files 10")
	@$(BIN)/python -m local_cloud.chaos $(addprefix --seed ,$(SEED)) $(ARGS)

# Four processes on two cores, since many tests wait for the local cloud; in the order that tests/conftest.py gives.
test: $(SETUP) ## everything that CI runs
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check docs
	@$(BIN)/python -m pytest --numprocesses=4 --dist=loadfile --no-loadscope-reorder

synth: $(SETUP) ## synthesize the stacks to cdk.out
	@$(BIN)/cdk synth --quiet --no-notices

check: $(SETUP) ## format, lint, types, imports
	@$(BIN)/ruff format --check --quiet $(CODE)
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/mypy --no-error-summary $(CODE)
	@$(BIN)/lint-imports --no-logo

format: $(SETUP) ## let ruff format and fix what it can
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

snapshots: $(SETUP) ## rewrite the snapshots of the synthesized templates
	@$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --snapshot-update -k snapshot

bench: $(SETUP) ## figures, as ratios against named alternatives
	@$(BIN)/python -m benchmarks

docs: $(SETUP) ## build the documentation into docs/_build/html; a warning fails it
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -j 2 docs docs/_build/html

lock: ## pin every requirements.in anew into its requirements.txt
	@test -x $(BIN)/uv || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet "$$(grep -E '^uv==' requirements.txt)"; }
	@$(LOCK) --output-file requirements.txt requirements.in
	@for folder in $(LOCKED); do \
		$(LOCK) --no-annotate --constraint requirements.txt \
			--output-file $${folder}requirements.txt $${folder}requirements.in; \
	done

clean: ## remove everything that the targets above make
	rm -rf .venv cdk.out .cache dist docs/_build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .local-cloud
