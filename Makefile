# Each target does all of its own set-up: Python 3.11 or later, git and make are enough.
PYTHON ?= $(shell for v in python3.13 python3.12 python3.11 python3; do \
	command -v $$v >/dev/null 2>&1 && $$v -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$v && break; done)
VENV ?= .venv
# The packages that decide, without a process, a broker or a network of their own.
QUICK = $(addprefix tests/,detectors/criteria mentions settings wording scoring matching collecting exports)
BIN := $(VENV)/bin

.PHONY: demo quick test services kafka stack live drill chaos lint bench accuracy docs lock clean help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.demo ## watch a reconstructed incident unfold
	$(BIN)/badbuzz demo

test: lint services ## lint, types, every test; what was skipped is said with its reason
	@# Three processes for two cores, each with a broker of its own: most of these tests wait.
	$(BIN)/pytest -rs -n 3 --dist loadfile --no-loadscope-reorder

quick: $(VENV)/.dev ## what needs no service, in under a minute: style, and the tests of the pure packages
	$(BIN)/ruff check -q .
	$(BIN)/pytest -n 2 $(QUICK)

services: # what tests run against; where it cannot be installed, the tests that need it skip (in CI they fail)
	@deploy/local/install-kafka.sh || test -z "$$CI"
	@deploy/local/install-prometheus.sh || test -z "$$CI"
	@deploy/local/install-chromium.sh || test -z "$$CI"

kafka: $(VENV)/.demo ## a local single-node Kafka on 127.0.0.1:9092, until Ctrl-C
	@deploy/local/install-kafka.sh
	$(BIN)/python -m deploy.local.kafka --port 9092

stack: $(VENV)/.demo ## Kafka, a worker, Prometheus and Alertmanager on loopback, until Ctrl-C
	@deploy/local/install-kafka.sh
	@deploy/local/install-prometheus.sh
	$(BIN)/python -m deploy.local.stack

live: $(VENV)/.demo ## an incident on a made-up Bluesky, collected and alerted on as it happens, until Ctrl-C
	@deploy/local/install-kafka.sh
	@deploy/local/install-prometheus.sh
	$(BIN)/python -m deploy.local.live

drill: $(VENV)/.demo ## practise an incident through the whole stack, timed; DRILL="--scenario orange_2012 --minutes 30"
	@deploy/local/install-kafka.sh
	@deploy/local/install-prometheus.sh
	$(BIN)/python -m deploy.local.drill -- $(DRILL)

chaos: $(VENV)/.dev services ## disturb running workers 100 times, and hold what came of it against an undisturbed run
	$(BIN)/python -m tests.kafka.chaos --trials 100
	$(BIN)/python -m tests.sources.chaos --runs 20
	$(BIN)/python -m tests.console.chaos --trials 100

lint: $(VENV)/.dev ## style, types, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(VENV)/.dev ## measure speed, side by side in one run
	$(BIN)/python -m tests.benchmarks.run

accuracy: $(VENV)/.dev ## measure accuracy on ../shared and rewrite its tables in docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks.accuracy

docs: $(VENV)/.dev ## write the pages that are made from the code
	$(BIN)/python -m streams.cli.reference

lock: $(VENV)/.dev ## pin the dependencies anew
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra editable pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove what was installed and built here
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "badbuzz needs Python 3.11, 3.12 or 3.13 on the PATH; or name one: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo 'badbuzz: installing the libraries into $(VENV), once: some 500 MB, a minute or two'
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo 'badbuzz: installing the libraries and the tools of its tests into $(VENV), once: some 500 MB, a minute or two'
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.demo
