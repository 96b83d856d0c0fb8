"""The exceptions of the core. Each message names the argument, its value and the remedy."""


class SchemaError(ValueError):
    """Base of all errors of the core that the caller can mend."""


class InvalidInput(SchemaError):
    """An argument has the wrong shape, type or content."""


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
        self.maximum = maximum
        super().__init__(
            f"min_correlation={asked:g} is above {maximum:.6g}, the largest correlation with the reference that "
            f"any weights reach on these data; lower it to at most {maximum:.4g}, or raise max_weight_ratio"
        )


class SolverFailure(RuntimeError):
    """The convex solver ended without a usable answer."""
