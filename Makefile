# One door to everything; each target is one line over the real command. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help install demo serve test check lint types contracts words map bench lock pictures clean

help: ## what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 20

install: $(STAMP) ## a .venv with everything needed to run and to test

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: install it, or say which with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@if command -v uv >/dev/null 2>&1 && [ -z "$$NO_UV" ]; then \
	  uv venv -q --allow-existing --python $(PYTHON) $(VENV) && \
	  uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

demo: install ## start the line on this machine, with the browser phone; nothing is ever dialled or sent
	@$(BIN)/ivr demo --port $(PORT)

serve: install ## start the production server (needs the settings of the README)
	@$(BIN)/ivr serve

test: install ## all tests
	@$(BIN)/python -m pytest

check: lint types contracts words ## everything that is judged without running the line

lint: install ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: install ## mypy, strict
	@$(BIN)/mypy

contracts: install ## which part may import which
	@$(BIN)/lint-imports

words: install ## the rules that content must obey
	@$(BIN)/ivr check

map: install ## the call flow as a picture
	@$(BIN)/ivr map

bench: install ## speed and memory
	@$(BIN)/ivr bench

pictures: install ## take the screenshots of the README again
	@$(BIN)/ivr pictures

lock: ## resolve the dependencies again (needs pip-tools in the .venv)
	@$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate --all-extras -o requirements.lock pyproject.toml

clean: ## throw away the .venv and the demo's data
	@rm -rf $(VENV) var
