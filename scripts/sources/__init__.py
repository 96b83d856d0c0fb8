"""How bytes arrive: the registry of published files, their download, and its check.

``registry`` says what there is (config/datasets.yaml), ``fetch`` brings one file and verifies it. Nothing that comes
from a source is ever unpickled or run.
"""
