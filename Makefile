# The project's commands. `make help` lists them.

# Settings come from the command line alone (make demo CORES=2), never from the shell's environment, not even by `make -e`,
# and are taken as they are written: a blank, a quote or a `$` in one means nothing to make or to the shell.
override setting = $(eval override $1 := $(if $(filter command,$(origin $1)),$$(value $1),$2))
override quoted = '$(subst ','\'',$1)'
$(call setting,PYTHON) # none: the newest of 3.13, 3.12 and 3.11 that is there
$(call setting,VENV,.venv)
$(call setting,TOOLS,$$(VENV)-tools) # what maintainers use on the lock itself
$(call setting,CORES,all)
$(call setting,TESTS,2) # processes of tests, most of which run the workflow on two cores
$(call setting,MIRROR)
$(call setting,RUN,results/demo)
$(call setting,GOLDEN)
$(call setting,FRACTION,1) # of the published sizes, in a rehearsal
$(call setting,CONFIG) # a further overlay of a rehearsal
$(call setting,UV,$$(VENV)/bin/uv) # for the core as a package
$(call setting,RESOLUTION,highest) # of its dependencies; or lowest-direct

override PY := $(call quoted,$(VENV)/bin/python)
override TOOLS_PY := $(call quoted,$(TOOLS)/bin/python)
override SNAKEMAKE := $(PY) -m snakemake --cores $(call quoted,$(CORES)) --rerun-incomplete
override PYTEST := $(PY) -m pytest --numprocesses $(call quoted,$(TESTS)) --no-loadscope-reorder
override GOLDEN_PY := PYTHONPATH=scripts $(PY) scripts/maintenance/golden.py
override COMPILE := $(TOOLS_PY) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file

.PHONY: help environment tools demo real rehearsal unlock check-sources test test-slow lint format docs docs-api package lock sbom audit conda-lock container benchmark check-results golden-demo golden-real
.DEFAULT_GOAL := help

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One environment for everything, exactly as locked. torch comes last, with whatever its build needs beside the lock.
environment: ## Make .venv, or VENV=folder, with PYTHON=python3.11 or another. It is made again when the lock changes.
	@sh envs/install.sh $(call quoted,$(VENV)) envs/requirements.lock $(call quoted,$(PYTHON)) "$$(grep '^torch==' envs/requirements.in)"

tools:
	@sh envs/install.sh $(call quoted,$(TOOLS)) envs/tools.lock $(call quoted,$(PYTHON))

demo: environment ## Set up, then run everything on simulated data: results/demo/.
	$(SNAKEMAKE) --configfile config/demo.yaml
	@cat results/demo/scorecard.txt

# The mirror in quotes of YAML, which Snakemake reads it as, between blanks, since it takes quotes at the ends away.
real: environment ## Set up, then run on real files: make real MIRROR=folder-or-address.
	@test -n $(call quoted,$(MIRROR)) || { echo "make real needs MIRROR=folder or address that holds the published files"; exit 2; }
	@$(SNAKEMAKE) --configfile config/real.yaml --config $(call quoted,mirror= '$(subst ','',$(MIRROR))' )
	@cat results/real/scorecard.txt

rehearsal: environment ## The full run on simulated files of FRACTION of the published sizes, served on this machine: results/rehearsal/.
	PYTHONPATH=scripts $(PY) scripts/rehearsal/rehearse.py results/rehearsal --fraction $(call quoted,$(FRACTION)) \
	  $(if $(MIRROR),--mirror $(call quoted,$(MIRROR))) --run quick -- --cores $(call quoted,$(CORES)) \
	  --configfile config/quick.yaml $(if $(CONFIG),$(call quoted,$(CONFIG))) --config missing=skip

unlock: environment ## Let go of a folder whose run was killed. First make sure that no run is going on in it.
	$(SNAKEMAKE) --unlock --configfile config/demo.yaml

check-sources: environment ## Ask every address of config/datasets.yaml: does it answer, and with the size that is known?
	PYTHONPATH=scripts $(PY) scripts/sources/check.py

test: environment ## Set up, then run every test but the slow ones.
	$(PYTEST)

test-slow: environment ## The slow tests as well.
	$(PYTEST) -m "slow or not slow"

lint: environment ## Formatting and lint, changing nothing.
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m snakefmt --check Snakefile rules
	$(PY) -m snakemake --lint --configfile config/demo.yaml

format: environment ## Format the code in place.
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m snakefmt Snakefile rules

docs: environment ## Write config/README.md and the picture of the rule graph again (needs graphviz).
	$(PY) scripts/maintenance/document.py
	$(PY) -m snakemake --configfile config/demo.yaml --rulegraph 2>/dev/null | $(PY) scripts/maintenance/rulegraph.py \
	  | dot -Tsvg > config/rulegraph.svg

docs-api: ## The core's API reference from its docstrings, with every link checked (needs uv): results/api/.
	@sh envs/package.sh $(call quoted,$(UV)) $(call quoted,$(PYTHON)) $(call quoted,$(RESOLUTION)) docs

package: ## Install the core alone, as `pip install .` does, with RESOLUTION=highest or lowest-direct, and test it (needs uv).
	@sh envs/package.sh $(call quoted,$(UV)) $(call quoted,$(PYTHON)) $(call quoted,$(RESOLUTION)) test

benchmark: environment ## Speed and memory of the core against the released package: results/demo/scaling/.
	$(SNAKEMAKE) --configfile config/demo.yaml -- scaling

check-results: environment ## What moved in a finished run, by how much, and is it allowed? RUN=results/demo GOLDEN=folder.
	$(GOLDEN_PY) compare $(call quoted,$(RUN)) \
	  $(if $(GOLDEN),$(call quoted,$(GOLDEN)),workflow_tests/golden/"$$(basename $(call quoted,$(RUN)))")

golden-demo: demo ## Accept what the demo gives now as its reference, and keep its scorecard. Look at the difference.
	$(GOLDEN_PY) accept results/demo workflow_tests/golden/demo
	mkdir -p results/reference/demo
	cp $(addprefix results/demo/scorecard.,svg png tsv) results/demo/planted/*.tsv results/reference/demo/

golden-real: real ## Likewise for the real files, and keep their figure and ledger: make golden-real MIRROR=folder.
	$(GOLDEN_PY) accept results/real workflow_tests/golden/real
	mkdir -p results/reference/real
	cp results/real/claims.tsv results/real/variants.tsv $(addprefix results/real/scorecard.,svg png tsv) results/real/figures/* results/real/captions/figure*.rst results/reference/real/
	cd results/reference/real && rm figure2.tsv figureS2.tsv figureS3.tsv sketching.* # a row per cell: the data themselves; and what is simulated

lock: tools ## Make envs/*.lock again from envs/*.in (some minutes). Pins that still fit stay.
	$(COMPILE) envs/requirements.lock envs/requirements.in
	$(TOOLS_PY) scripts/maintenance/lock.py envs/requirements.lock
	$(COMPILE) envs/tools.lock envs/tools.in

sbom: environment tools ## Software bill of materials of what is installed (CycloneDX): results/sbom.json.
	$(TOOLS_PY) -m cyclonedx_py environment --output-reproducible --output-file results/sbom.json $(PY)

audit: tools ## Known vulnerabilities in the lock (asks the index's advisory service).
	$(TOOLS_PY) -m pip_audit --strict --no-deps --disable-pip --requirement envs/requirements.lock

conda-lock: ## Solve envs/*.yaml with their channels (needs conda-lock): envs/conda-lock/.
	@command -v conda-lock >/dev/null || { echo "conda-lock is not there: conda install -c conda-forge conda-lock"; exit 2; }
	mkdir -p envs/conda-lock
	for env in envs/*.yaml; do \
	  conda-lock lock --file $$env --platform linux-64 --lockfile envs/conda-lock/$$(basename $$env) || exit 1; \
	done

container: environment ## Recipe of an Apptainer image with all conda environments (needs conda): results/schema.def.
	$(PY) -m snakemake --configfile config/demo.yaml --containerize apptainer > results/schema.def
