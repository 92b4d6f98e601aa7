"""The log of the web page has a limited size and no control characters."""

import subprocess
import sys
from pathlib import Path

import pytest

from surelist.web_page import log as page_log
from surelist.web_page.log import LINE_BYTES, TRUNCATED, PageLog


def printed(log: PageLog, program: str) -> None:
    """Run a Python program and write its output to `log`."""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout
        log.write_from(process.stdout).join()
    log.close()


def sizes(directory: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in directory.iterdir()}


@pytest.mark.parametrize(
    "line",
    [
        "b'x' * 99 + b'\\n'",
        "b'\\xff' * 9999 + b'\\n'",
        "'ü'.encode() * 4999 + b'\\n'",
        "b'x' * 99999",
    ],
    ids=["lines", "no UTF-8", "long lines of UTF-8", "one line without end"],
)
def test_endless_output_fills_at_most_two_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(page_log, "FILE_BYTES", 500_000)
    printed(
        PageLog(tmp_path / "web.log"),
        f"import sys\nline = {line}\n"
        "for _ in range(3_000_000 // len(line)): sys.stdout.buffer.write(line)",
    )
    found = sizes(tmp_path)
    assert set(found) <= {"web.log", "web.log.1"}
    assert all(size <= 500_000 for size in found.values())


def test_the_newest_output_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_log, "FILE_BYTES", 500_000)
    log = PageLog(tmp_path / "web.log")
    printed(log, "for n in range(20_000): print(n, 'x' * 92)")
    assert sum(sizes(tmp_path).values()) <= 1_000_000
    assert set(sizes(tmp_path)) == {"web.log", "web.log.1"}
    assert (tmp_path / "web.log").read_text().splitlines()[-1].startswith("19999 ")


def test_control_characters_are_replaced_and_long_lines_cut(tmp_path: Path) -> None:
    log = PageLog(tmp_path / "web.log")
    printed(
        log,
        "import sys; sys.stdout.buffer.write("
        "b'\\x1b[2J\\x1b]0;owned\\x07 a\\tb\\r{forged}\\x00\\n"
        "\\xe2\\x80\\xaeevil\\xe2\\x80\\xa8next\\xc2\\x9b\\n'"
        f" + b'y' * {3 * LINE_BYTES} + b'\\nafter\\nlast')",
    )
    lines = (tmp_path / "web.log").read_bytes().decode().split("\n")
    replaced = "\N{REPLACEMENT CHARACTER}"
    assert lines == [
        f"{replaced}[2J{replaced}]0;owned{replaced} a b{replaced}{{forged}}{replaced}",
        f"{replaced}evil{replaced}next{replaced}",
        "y" * LINE_BYTES + TRUNCATED,
        "after",
        "last",
        "",
    ]


def test_a_full_disk_stops_neither_the_page_nor_the_log_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    log = PageLog(tmp_path / "web.log")

    def full(_record: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log, "shouldRollover", full)
    printed(log, "print('x' * 1_000_000)")
    assert capfd.readouterr().err == ""
