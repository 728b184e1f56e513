# Each target sets up what it needs. Only the first run is slow: it creates .venv and finds or builds the Pulumi engine.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Pulumi finds Python, and the tests find Pulumi, on PATH.
WITH_ENGINE := engine=$$($(BIN)/python engine/install.py) && PATH="$(CURDIR)/$(BIN):$$engine:$$PATH"

# Nothing here needs a plugin that Pulumi would have to download, and no run may wait for the network.
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION := true
export PULUMI_SKIP_UPDATE_CHECK := true

# Each run of Pulumi starts several Python processes; without compiled modules, each would compile them all again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help test lint format faults docs demo explore bench scale compat clean registry sdk dist mutate soak

help: ## List these targets
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

test: lint ## Check everything: format, lint, types, imports, tests with the real engine, coverage
	@$(BIN)/coverage erase
	@$(WITH_ENGINE) $(BIN)/coverage run -m pytest --numprocesses=auto --dist=worksteal
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

lint: $(READY) ## Check format, lint, types and import contracts
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/basedpyright) || { echo "$$said"; exit 1; }
	@said=$$($(BIN)/lint-imports --no-logo) || { echo "$$said"; exit 1; }

format: $(READY) ## Format the code and fix what ruff can fix
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(READY) ## Build the documentation in docs/_build; warnings are errors
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build
	@echo "see docs/_build/index.html"

faults: $(READY) ## Break every call to AWS in every way, and print the results as in docs/faults.md
	@PYTHONPATH=tests $(BIN)/python -m faults.report

dist: $(READY) ## Build what a release publishes, in dist, and list what is missing for one
	@$(BIN)/python release/published.py

demo: $(READY) ## Play the story on this machine (KEEP=1 leaves it running, ARGS= for more)
	@$(WITH_ENGINE) $(BIN)/python demo/play.py $(if $(KEEP),--keep) $(ARGS)

explore: $(READY) ## Try every story of a lease, up to a million states (a quarter of an hour; ARGS="states=9000")
	@PYTHONPATH=tests $(BIN)/python -m explore.explore $(ARGS)

registry: $(READY) ## Write what Pulumi's registry reads: schema.json and two pages in docs
	@$(BIN)/python docs/registry.py

sdk: $(READY) ## Generate SDKs from schema.json in dist/sdk with Pulumi's own generators (needs Go; a few minutes once)
	@cd engine/codegen && GOWORK=off CGO_ENABLED=0 go run . ../../schema.json ../../dist/sdk
	@$(BIN)/python -m compileall -q dist/sdk/python
	@cd dist/sdk/go && GOWORK=off CGO_ENABLED=0 sh -c 'go mod tidy && go build ./...'

mutate: $(READY) ## Mutate the decisions, and see whether the fast tests notice (an hour; ARGS=pure)
	@$(PIP_INSTALL) --no-build-isolation --editable '.[mutate]'
	@$(BIN)/python tests/mutate.py $(ARGS)

soak: $(READY) ## Run `pulumi up` in four stacks at once, again and again (half an hour; ARGS="--rounds 3")
	@$(WITH_ENGINE) PYTHONPATH=tests:engine $(BIN)/python tests/soak.py $(ARGS)

bench: $(READY) ## Compare the speed with Pulumi's own (ARGS="--runs 2": rough figures; ARGS=--write: update the docs)
	@PYTHONPATH=benchmarks $(BIN)/python benchmarks/bench.py $(ARGS)

scale: $(READY) ## Measure 1,000 leases in 50 accounts, beside as many resources that do nothing (half an hour)
	@$(WITH_ENGINE) PYTHONPATH=benchmarks $(BIN)/python benchmarks/organization.py $(ARGS)

compat: $(READY) ## Run the tests on every Python on PATH, and with the oldest supported dependencies
	@$(BIN)/python tests/compat.py

clean: ## Remove what these targets created here; the engine stays in ~/.pulumi/versions
	@rm -rf .venv .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist docs/_build mutants
	@find . -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@echo "setting up .venv, half a minute once" >&2
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(PIP_INSTALL) hatchling editables
	@$(PIP_INSTALL) --no-build-isolation --editable '.[dev]'
	@touch $@
