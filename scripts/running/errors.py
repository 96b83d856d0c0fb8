"""The one exception for input that a user can mend."""


class InputError(ValueError):
    """Bad input. The message is one line that names the file, the place in it, and the remedy."""

    def __init__(self, file: object, problem: str, remedy: str):
        self.file, self.problem, self.remedy = str(file), problem, remedy
        super().__init__(f"{file}: {problem}; {remedy}")
