"""The table of faults."""

from dataclasses import dataclass

from bench.faults.traffic import Tally

HEAD = ("fault", "acknowledged", "lost", "calls during the fault", "longest wait")


@dataclass(frozen=True, slots=True)
class Row:
    """The results of one fault. A lost acknowledged write is an AssertionError instead."""

    fault: str
    acknowledged: int
    told: str
    longest_wait: float | None = None
    """The longest time in seconds that an agent waited for a success."""

    @classmethod
    def of(cls, fault: str, tally: Tally) -> "Row":
        """The row of a fault without a lost write, from the answers to the agents."""
        refused = [f"{number} x {status}" for status, number in sorted(tally.refused.items())]
        cut = [f"{tally.cut} cut off"] if tally.cut else []
        told = ", ".join(refused + cut) or "no call failed"
        return cls(fault, tally.acknowledged, told, max(tally.silences, default=None))

    def __str__(self) -> str:
        wait = "" if self.longest_wait is None else f"{self.longest_wait:.1f} s"
        return line((self.fault, str(self.acknowledged), "0", self.told, wait))


def line(cells: tuple[str, ...]) -> str:
    """A line of the Markdown table."""
    return f"| {' | '.join(cells)} |"


BEGINNING = "\n".join((line(HEAD), "|---|--:|--:|---|--:|"))
"""The lines above the rows."""
