"""The exceptions and the warning of the core. Each message is one line: the argument, its value and the remedy."""


class SchemaError(ValueError):
    """Base of all errors of the core."""

    def __init__(self, message: str):
        super().__init__(" ".join(str(message).split()))


class InvalidInput(SchemaError):
    """An argument has the wrong shape, type or content."""


class NotNumeric(InvalidInput, TypeError):
    """Something other than numbers where numbers are needed."""


class NoVariation(InvalidInput):
    """A modality, the reference, or all features are constant over pairs, so no correlation exists."""


class InfeasibleCorrelation(SchemaError):
    """No weights reach the asked correlation with the reference.

    Attributes
    ----------
    maximum : float
        The largest correlation that non-negative weights under the cap can reach.
    """

    def __init__(self, asked: float, maximum: float):
        self.asked, self.maximum = asked, maximum
        super().__init__(
            f"min_correlation={asked:g} is above {maximum:.6g}, the largest correlation with the reference that "
            f"any weights reach on these data; lower it to at most {maximum:.4g}, or raise max_weight_ratio"
        )

    def __reduce__(self):
        return type(self), (self.asked, self.maximum)


class SolverFailure(SchemaError):
    """The convex solver ended without a usable answer."""


class SchemaWarning(UserWarning):
    """An answer that is less than what was asked: not proven to be the best, or without its infeasible part."""
