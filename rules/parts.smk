"""What every part has: simulated files, figures, our values for the paper's numbers, and the target of its name.

Requires: what the part's rules file says with simulate(), draw() and claim(). Makes: sources/<dataset>/ of simulated
data, figures/<name>.{svg,png,tsv} and claims/<part>.tsv under results/<run>/.
"""

for part, (writes, values) in SIMULATORS.items():

    rule:
        name:
            f"{part}_simulate"
        output:
            **writes,
        log:
            **logs(f"{part}/simulate"),
        conda:
            "../envs/core.yaml"
        params:
            **values,
            seed=config["seed"],
        message:
            f"Simulating the files of {part}: {', '.join(f'{key} {{params.{key}}}' for key in values)}, seed {{params.seed}}"
        script:
            f"../scripts/{part}/simulate/sources.py"


for (part, figure), (reads, values, environment) in DRAWN.items():

    rule:
        name:
            f"{part}_{figure}"
        input:
            **reads,
        output:
            **figure_files(figure),
        log:
            **logs(f"figures/{figure}"),
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(1000, per_input=10),
        params:
            **values,
            simulated=SIMULATED,
        message:
            f"Drawing {', '.join(REPORTED[figure])}"
        script:
            f"../scripts/{part}/figures/{figure}.py"


for part, (reads, values) in CLAIMED.items():

    rule:
        name:
            f"{part}_claims"
        input:
            **reads,
        output:
            f"{RESULTS}/claims/{part}.tsv",
        log:
            **logs(f"claims/{part}"),
        conda:
            "../envs/core.yaml"
        params:
            **values,
        message:
            f"Our values for the paper's numbers, part {part}"
        script:
            f"../scripts/{part}/claims.py"

    rule:
        name:
            part
        input:
            FIGURES[part],
            f"{RESULTS}/claims/{part}.tsv",
