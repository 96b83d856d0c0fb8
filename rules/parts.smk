"""What every part has: simulated files, figures, our values for the paper's numbers, and the target of its name.

Each is asked for by one call in the part's rules file. Makes: sources/<dataset>/ of simulated data with the truth that
was planted there, figures/<name>.{svg,png,tsv}, claims/<part>.tsv and, of simulated data, planted/<part>.tsv under
results/<run>/.
"""

FIGURES = {}  # files by part
TITLES = {}  # of the parts: the figure of the paper, and what it is of
REPORTED = {}  # by figure: its part, and its category and panels in the report
PLANTED = {}  # by part, of simulated data: what was planted against what was found
SCOPES = {}  # by part: tables of what its readers found, against what is published
CAPTIONS = {}  # by figure: the caption's template below scripts/, and the values that it is filled with


def add_figures(part, category, panels, **values):
    """Make known the figures of a part: ``panels`` says by name what each shows; ``values`` fill their captions."""
    FIGURES[part] = expand(f"{RESULTS}/figures/{{name}}.{{suffix}}", name=panels, suffix=FIGURE_FILES)
    TITLES[part] = category
    REPORTED.update({name: (part, category, shown) for name, shown in panels.items()})
    CAPTIONS.update({name: (f"{part}/figures/{name}.rst", {"simulated": SIMULATED} | values) for name in panels})


def figure_files(name):
    """What a step that draws a figure puts out: an SVG for the report, with its caption, and the files beside it."""
    _, category, panels = REPORTED[name]
    shown = report(
        f"{RESULTS}/figures/{name}.svg",
        category=category,
        caption=Path.cwd() / RESULTS / "captions" / f"{name}.rst",
        labels={"figure": panels, "data": config["data"]},
    )
    return {"svg": shown} | {suffix: f"{RESULTS}/figures/{name}.{suffix}" for suffix in ("png", "tsv")}


def leave_out(parts):
    """Have nothing reported of parts but that they were not run."""
    for name in [name for name, (part, *_) in REPORTED.items() if part in parts]:
        del REPORTED[name], CAPTIONS[name]
    for part in parts:
        SCOPES.pop(part, None)


def simulate(part, params, always=False, **files):
    """Have scripts/<part>/simulate/sources.py write the files of a part, where data are simulated, or always."""
    if not (SIMULATED or always):
        return

    rule:
        name:
            f"{part}_simulate"
        output:
            **files,
        log:
            **logs(f"{part}/simulate"),
        params:
            **params,
            seed=config["seed"],
        message:
            f"Simulating the files of {part}: sizes as simulate.{part} of the config, seed {{params.seed}}"
        script:
            f"../scripts/{part}/simulate/sources.py"


def planted(part, params=None, **files):
    """Have scripts/<part>/planted.py hold what was planted, ``truth``, against a part's tables; of simulated data.

    A rehearsal of the full run serves simulated files as published ones, and their truth with them.
    """
    dataset, name = Path(files["truth"]).parts[-2:]
    if not SIMULATED and (dataset not in REGISTRY or name not in REGISTRY[dataset].files):
        return
    PLANTED[part] = f"{RESULTS}/planted/{part}.tsv"

    rule:
        name:
            f"{part}_planted"
        input:
            **files,
        output:
            PLANTED[part],
        log:
            **logs(f"planted/{part}"),
        params:
            **(params or {}),
        message:
            f"Holding what was planted against what was found, part {part}"
        script:
            f"../scripts/{part}/planted.py"


def draw(part, figure, environment="core", params=None, **files):
    """Have scripts/<part>/figures/<figure>.py draw a figure from files."""

    rule:
        name:
            f"{part}_{figure}"
        input:
            **files,
        output:
            **figure_files(figure),
        log:
            **logs(f"figures/{figure}"),
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(SCRIPT_MB, per_input=5),  # compressed tables
        params:
            **(params or {}),
            simulated=lambda _: SIMULATED or part in PLANTED,  # also of a rehearsal
        message:
            f"Drawing {', '.join(REPORTED[figure][1:])}"
        script:
            f"../scripts/{part}/figures/{figure}.py"


def claim(part, params, scope, **files):
    """Have scripts/<part>/claims.py give our values for the paper's numbers, and make the part a target.

    scope : what each step that reads published files writes of them (formats.published.write_scope)
    """
    SCOPES[part] = scope

    rule:
        name:
            f"{part}_claims"
        input:
            **files,
        output:
            f"{RESULTS}/claims/{part}.tsv",
        log:
            **logs(f"claims/{part}"),
        params:
            **params,
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
