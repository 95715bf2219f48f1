"""Cases for single rules, from figures in their roles."""

from analysis.evidence.checks.cases import Case, Part, Printed


def case(kind: str, how: str = "", **roles: list[Printed]) -> Case:
    """A case whose members of each role come in an order, the first with place 1."""
    parts = (
        Part(role=role, figure=figure, value=str(place))
        for role, figures in roles.items()
        for place, figure in enumerate(figures, start=1)
    )
    return Case(kind=kind, label=kind, where="p.1", parts=tuple(parts), how=how)
