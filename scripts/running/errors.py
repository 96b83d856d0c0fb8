"""The exceptions for what a user can mend: bad input, a place that cannot be written. How others' text is quoted."""

import re


class InputError(ValueError):
    """Bad input. The message is one line that names the file, the place in it, and the remedy."""

    def __init__(self, file: object, problem: str, remedy: str):
        self.file, self.problem, self.remedy = str(file), problem, remedy
        super().__init__(f"{file}: {problem}; {remedy}")


class CannotWrite(InputError):
    """A full disk, or a folder that cannot be written: the machine's fault, never a result of a method."""


def plain(text: object, longest: int = 200) -> str:
    """What a server, an archive or a library wrote, fit for a log: one printable line, not long, with no password."""
    line = re.sub(r"\?\S+", "?...", redacted(next(iter(str(text).strip().splitlines()), "")))  # keys, signatures
    line = "".join(character if character.isprintable() else "?" for character in line)
    return line if len(line) <= longest else f"{line[:longest]}..."


def redacted(text: str) -> str:
    """The text without names and passwords in its addresses."""
    return re.sub(r"//.*@|[^\s:/]+:\S*@", "//...@", text)
