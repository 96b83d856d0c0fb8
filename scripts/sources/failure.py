"""What goes wrong at one place while another place may still work."""


class Failure(Exception):
    """One place did not give the file. ``reason`` is one line; ``again``: another try there may help."""

    def __init__(self, reason: str, *, again: bool = False):
        super().__init__(" ".join(reason.split()))
        self.again = again
