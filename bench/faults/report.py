"""The table of faults."""

from dataclasses import dataclass

from bench.faults.traffic import Tally


@dataclass(frozen=True, slots=True)
class Row:
    """One fault and what was seen of it."""

    fault: str
    seen: str

    @classmethod
    def of(cls, fault: str, tally: Tally) -> "Row":
        """What agents were told during a fault that they outlived, and who lost nothing by it."""
        refused = ", ".join(f"{number} x {status}" for status, number in tally.refused.items())
        cut = f"{tally.cut} calls cut off" if tally.cut else ""
        failed = ", ".join(part for part in (refused, cut) if part) or "no call failed"
        longest = (
            f"; longest wait for an agent {max(tally.silences):.1f} s" if tally.silences else ""
        )
        return cls(fault, f"{tally.acknowledged} changes acknowledged, 0 lost; {failed}{longest}")


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| fault | seen |", "|---|---|", *(f"| {row.fault} | {row.seen} |" for row in rows)]
    return "\n".join(lines)
