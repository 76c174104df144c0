# Two commands matter: `make demo` and `make test`. Each does its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help demo run test check format chaos bench docs clean

help:  ## what can be made here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(INSTALLED)  ## run the main job on real photographs; results and index.html in ./demo-output
	$(BIN)/bottega demo --out demo-output

run: $(INSTALLED)  ## serve on 127.0.0.1
	$(BIN)/bottega serve

test: $(INSTALLED)  ## the whole test suite, with the database server it needs
	scripts/with-services $(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: $(INSTALLED)  ## formatting, lint, types, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_tree.py
	$(BIN)/python docs/generate.py --check

format: $(INSTALLED)  ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(INSTALLED)  ## write the reference pages that come from the code
	$(BIN)/python docs/generate.py

chaos: $(INSTALLED)  ## the long proofs: processes killed and frozen, the database pulled away
	scripts/with-services scripts/chaos

bench: $(INSTALLED)  ## every benchmark, each table beside its aim
	scripts/with-services scripts/bench $(ARGS)

# Installed again when what is to be installed changes.
$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:  ## remove what was made here
	rm -rf $(VENV) demo-output build dist .pytest_cache .ruff_cache .hypothesis
