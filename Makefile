# The project's commands. `make help` lists them.
PYTHON ?= python3.11
VENV ?= .venv
CORES ?= all
RUN ?= results/demo
GOLDEN ?= workflow_tests/golden/$(notdir $(RUN))
BIN := $(VENV)/bin
READY := $(VENV)/.installed-from-lock
PIP := $(BIN)/pip --quiet --disable-pip-version-check
TOOLS := $(VENV)-tools
TOOLS_READY := $(TOOLS)/.installed-from-lock
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES) --rerun-incomplete

.PHONY: help demo real unlock check-sources test test-slow lint format docs lock sbom audit conda-lock container benchmark check-results golden-demo golden-real
.DEFAULT_GOAL := help

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One environment for everything, exactly as locked; made again whenever the lock changes. torch comes last, with whatever
# its build needs beside the lock.
$(READY): envs/requirements.lock
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --no-deps --require-hashes -r envs/requirements.lock
	$(PIP) install "$$(grep '^torch==' envs/requirements.in)"
	$(PIP) check
	touch $@

$(TOOLS_READY): envs/tools.lock
	$(PYTHON) -m venv --clear $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r envs/tools.lock
	touch $@

demo: $(READY) ## Set up, then run everything on simulated data: results/demo/.
	$(SNAKEMAKE) --configfile config/demo.yaml

real: $(READY) ## Set up, then run on real files: make real MIRROR=folder-or-address.
	@test -n "$(MIRROR)" || { echo "make real needs MIRROR=folder or address that holds the published files"; exit 2; }
	@$(SNAKEMAKE) --configfile config/real.yaml --config "mirror=$(MIRROR)" # @: a password in it is refused, not printed

unlock: $(READY) ## Let go of a folder whose run was killed. First make sure that no run is going on in it.
	$(SNAKEMAKE) --unlock --configfile config/demo.yaml

check-sources: $(READY) ## Ask every address of config/datasets.yaml: does it answer, and with the size that is known?
	PYTHONPATH=scripts $(BIN)/python scripts/sources/check.py

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

check-results: $(READY) ## What moved in a finished run, by how much, and is it allowed? RUN=results/demo GOLDEN=folder.
	PYTHONPATH=scripts $(BIN)/python scripts/evaluation/golden.py compare $(RUN) $(GOLDEN)

golden-demo: demo ## Accept what the demo gives now as its reference. Look at the difference before committing it.
	PYTHONPATH=scripts $(BIN)/python scripts/evaluation/golden.py accept results/demo workflow_tests/golden/demo

golden-real: real ## Likewise for the real files, and keep their figure and ledger: make golden-real MIRROR=folder.
	PYTHONPATH=scripts $(BIN)/python scripts/evaluation/golden.py accept results/real workflow_tests/golden/real
	mkdir -p results/reference/real
	cp results/real/claims.tsv results/real/figures/* results/real/captions/figure*.rst results/reference/real/
	rm results/reference/real/figure2.tsv results/reference/real/figureS3.tsv # a row per cell: the data themselves

COMPILE = $(TOOLS)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file

lock: $(TOOLS_READY) ## Make envs/*.lock again from envs/*.in (some minutes). Pins that still fit stay.
	$(COMPILE) envs/requirements.lock envs/requirements.in
	$(TOOLS)/bin/python scripts/configuration/lock.py envs/requirements.lock
	$(COMPILE) envs/tools.lock envs/tools.in

sbom: $(READY) $(TOOLS_READY) ## Software bill of materials of what is installed (CycloneDX): results/sbom.json.
	$(TOOLS)/bin/cyclonedx-py environment --output-reproducible --output-file results/sbom.json $(BIN)/python

audit: $(TOOLS_READY) ## Known vulnerabilities in the lock (asks the index's advisory service).
	$(TOOLS)/bin/pip-audit --strict --no-deps --disable-pip --requirement envs/requirements.lock

conda-lock: ## Solve envs/*.yaml with their channels (needs conda-lock): envs/conda-lock/.
	@command -v conda-lock >/dev/null || { echo "conda-lock is not there: conda install -c conda-forge conda-lock"; exit 2; }
	mkdir -p envs/conda-lock
	for env in envs/*.yaml; do \
	  conda-lock lock --file $$env --platform linux-64 --lockfile envs/conda-lock/$$(basename $$env) || exit 1; \
	done

container: $(READY) ## Recipe of an Apptainer image with all conda environments (needs conda): results/schema.def.
	$(BIN)/snakemake --configfile config/demo.yaml --containerize apptainer > results/schema.def
