"""The table of faults."""

from dataclasses import dataclass

from bench.faults.traffic import Tally

HEAD = ("fault", "acknowledged", "lost", "what calls were told meanwhile", "longest wait")


@dataclass(frozen=True, slots=True)
class Row:
    """One fault and what was seen of it; what was acknowledged and lost is an AssertionError."""

    fault: str
    acknowledged: int
    told: str
    longest_wait: float | None = None
    """Seconds that an agent went without an answer that was none of the fault's."""

    @classmethod
    def of(cls, fault: str, tally: Tally) -> "Row":
        """What agents were told during a fault that they outlived, and who lost nothing by it."""
        refused = [f"{number} x {status}" for status, number in sorted(tally.refused.items())]
        cut = [f"{tally.cut} cut off"] if tally.cut else []
        told = ", ".join(refused + cut) or "no call failed"
        return cls(fault, tally.acknowledged, told, max(tally.silences, default=None))

    def __str__(self) -> str:
        wait = "" if self.longest_wait is None else f"{self.longest_wait:.1f} s"
        return line((self.fault, str(self.acknowledged), "0", self.told, wait))


def line(cells: tuple[str, ...]) -> str:
    """A line of the table, in Markdown."""
    return f"| {' | '.join(cells)} |"


BEGINNING = "\n".join((line(HEAD), "|---|--:|--:|---|--:|"))
"""What stands above the rows."""
