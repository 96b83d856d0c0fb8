"""The exceptions for what a user can mend: bad input, and a place that cannot be written."""


class InputError(ValueError):
    """Bad input. The message is one line that names the file, the place in it, and the remedy."""

    def __init__(self, file: object, problem: str, remedy: str):
        self.file, self.problem, self.remedy = str(file), problem, remedy
        super().__init__(f"{file}: {problem}; {remedy}")


class CannotWrite(InputError):
    """A full disk, or a folder that cannot be written: the machine's fault, never a result of a method."""
