"""How bytes arrive: the registry of published files, their download, and the reading of archives.

``registry`` says what there is (config/datasets.yaml), ``fetch`` brings one file and verifies it, ``archive``
reads what is packed in it. Nothing that comes from a source is ever unpickled or run.
"""
