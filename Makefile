# Two commands matter: `make demo` and `make test`. Each does its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help demo run web test check format chaos bench docs clean

help:  ## what can be made here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(INSTALLED)  ## run the main job on real photographs; results and index.html in ./demo-output
	$(BIN)/bottega demo --out demo-output

run: $(INSTALLED)  ## serve on 127.0.0.1; the web studio is built first where Node is there
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web; else echo "Node is not there: serving without the web studio."; fi
	$(BIN)/bottega serve

WEB_SOURCES = $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/vite.config.ts

web: web/dist/index.html  ## build the web studio, and put it into the package
	rm -rf src/bottega/web_dist
	cp -R web/dist src/bottega/web_dist

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

# One test process a core: threads of theirs would only wait for one another.
ONE_THREAD = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OPENCV_FOR_THREADS_NUM=1
# Files of tests live in memory where there is plenty: each commit of an SQLite file waits for the disk otherwise.
IN_MEMORY = $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 4000000 { print "PYTEST_DEBUG_TEMPROOT=/dev/shm" }')

test: $(INSTALLED)  ## the whole test suite, with the database server it needs
	$(ONE_THREAD) $(IN_MEMORY) scripts/with-services $(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)
	@if [ -n "$(ARGS)" ]; then :; elif command -v npm >/dev/null; then scripts/browser-tests; \
	else echo "Node is not there: the web studio was NOT tested in a browser."; fi

web-test: $(INSTALLED)  ## the web studio in a real Chromium
	scripts/browser-tests $(ARGS)

web-check: $(INSTALLED) web/node_modules/.package-lock.json  ## formatting, lint, types and unit tests of the web studio
	cd web && npm run check

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
