# The project's commands. `make help` lists them.
PYTHON ?= python3.11
VENV ?= .venv
CORES ?= all
BIN := $(VENV)/bin
READY := $(VENV)/.installed-from-lock
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)

.PHONY: help demo real test test-slow lint format docs lock benchmark check-results golden-demo golden-real
.DEFAULT_GOAL := help

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One environment for everything, exactly as locked; made again whenever the lock changes.
$(READY): envs/requirements.lock
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r envs/requirements.lock
	$(BIN)/pip check
	touch $@

demo: $(READY) ## Set up, then run everything on simulated data: results/demo/.
	$(SNAKEMAKE) --configfile config/demo.yaml

real: $(READY) ## Set up, then run on real files: make real MIRROR=folder-or-address.
	@test -n "$(MIRROR)" || { echo "make real needs MIRROR=folder or address that holds the published files"; exit 2; }
	$(SNAKEMAKE) --configfile config/real.yaml --config mirror=$(MIRROR)

test: $(READY) ## Set up, then run every test but the slow ones.
	$(BIN)/pytest

test-slow: $(READY) ## The slow tests as well.
	$(BIN)/pytest -m "slow or not slow"

lint: $(READY) ## Formatting and lint, changing nothing.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint --configfile config/demo.yaml

format: $(READY) ## Format the code in place.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile rules

docs: $(READY) ## Write config/README.md and the picture of the rule graph again (needs graphviz).
	$(BIN)/python scripts/configuration/document.py
	$(BIN)/snakemake --configfile config/demo.yaml --rulegraph 2>/dev/null | $(BIN)/python scripts/configuration/rulegraph.py \
	  | dot -Tsvg > config/rulegraph.svg

benchmark: $(READY) ## Speed and memory of the core against the released package: results/demo/scaling/.
	$(SNAKEMAKE) --configfile config/demo.yaml -- scaling

check-results: $(READY) ## What moved? make check-results RUN=results/real GOLDEN=workflow_tests/golden/real
	PYTHONPATH=scripts $(BIN)/python scripts/evaluation/golden.py compare $(RUN) $(GOLDEN)

golden-demo: demo ## Accept what the demo gives now as its reference. Look at the difference before committing it.
	PYTHONPATH=scripts $(BIN)/python scripts/evaluation/golden.py accept results/demo workflow_tests/golden/demo

golden-real: real ## Likewise for the real files, and keep their figure and ledger: make golden-real MIRROR=folder.
	PYTHONPATH=scripts $(BIN)/python scripts/evaluation/golden.py accept results/real workflow_tests/golden/real
	mkdir -p results/reference/real
	cp results/real/claims.tsv results/real/figures/* results/real/captions/figure*.rst results/reference/real/
	rm results/reference/real/figure2.tsv results/reference/real/figureS3.tsv # a row per cell: the data themselves

lock: $(READY) ## Make envs/requirements.lock again from envs/requirements.in.
	$(BIN)/pip install --quiet --dry-run --ignore-installed --report - -r envs/requirements.in \
	  | $(BIN)/python scripts/configuration/lock.py > envs/requirements.lock.new
	mv envs/requirements.lock.new envs/requirements.lock
