"""The workflow's configuration: checked strictly before anything runs, and documented from its schema."""
