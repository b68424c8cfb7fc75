# make run: the car in the browser.  make test: every check.  make help: the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-all quick lint format kernels clean

help:  ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/installed  ## start the car and its cockpit; prints the address
	@exec $(BIN)/zhixing serve

test: lint  ## every check but the long tests
	$(BIN)/pytest -n 2 --dist loadgroup -m "not long"

test-all: lint  ## every check, the long tests too, and laws on examples nobody has seen
	$(BIN)/pytest -n 2 --dist loadgroup --hypothesis-profile=explore

quick: lint  ## the checks without browser, real data and other slow things
	$(BIN)/pytest -q -n 2 --dist loadgroup -m "not long and not browser and not slow"

lint: $(VENV)/installed-dev  ## ruff, mypy and the floors, without tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev  ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

kernels:  ## drop compiled kernels, after a change that another file's kernel takes in
	find src -name '*.nb[ic]' -delete

clean:  ## remove the virtual environment and all caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/installed: pyproject.toml tools/make_venv.py
	@$(PYTHON) tools/make_venv.py $(VENV) .
	@touch $@

$(VENV)/installed-dev: pyproject.toml tools/make_venv.py
	@$(PYTHON) tools/make_venv.py $(VENV) ".[dev]"
	@touch $(VENV)/installed $@
