"""Builds of VDJdb's motifs, as the config names them: by date, or release-<date> for what a release's archive holds.

A build is a file at one commit of VDJdb's repositories, and no release has its date; which build a release holds is not
known. See vdjdb in config/datasets.yaml.
"""

from calendar import month_name

RELEASE = "release-"


def motif_file(build: str) -> str:
    """The name of the published file: "motif_pwms-2020-05-18.txt", or "vdjdb-2020-05-20.zip" of a release."""
    if build.startswith(RELEASE):
        return f"vdjdb-{build.removeprefix(RELEASE)}.zip"
    return f"motif_pwms-{build}.txt"


def motif_words(build: str) -> str:
    """What figures, captions and the ledger call it: "VDJdb motifs of 18 May 2020 (build 2020-05-18)"."""
    year, month, day = map(int, build.removeprefix(RELEASE).split("-"))
    date = f"{day} {month_name[month]} {year}"
    if build.startswith(RELEASE):
        return f"VDJdb motifs in the release of {date} (build not known)"
    return f"VDJdb motifs of {date} (build {build})"
