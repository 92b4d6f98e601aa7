"""Files, links and directories of other users are refused."""

import errno
import os
import pwd
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from surelist.errors import ConfigurationError
from surelist.machine import private_files
from surelist.machine.data_directory import create_secret, lock_exclusively, record_server
from surelist.postgres.embedded import postgres
from surelist.web_page.log import PageLog
from tests.operations.test_backup import surelist

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")

COMMANDS = (
    ("serve", "--port", "0"),
    ("up", "--port", "0", "--web-port", "0"),
    ("token", "ann"),
    ("migrate",),
    ("reset-password", "ann@example.com"),
    ("backup", "{place}/a.backup"),
    ("restore", "{place}/some.backup"),
    ("doctor",),
)

OPENED = {
    "lock": lambda data: lock_exclusively(data).__enter__(),
    "web.log": lambda data: PageLog(data / "web.log"),
    "web-build.log": lambda data: PageLog(data / "web-build.log"),
    "postgres.log": lambda data: postgres(data, durable=False).__enter__(),
}
"""Files that are written in place, and a function that opens each."""


def give_away(path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(path, nobody.pw_uid, nobody.pw_gid)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file of this user that an attacker wants to overwrite."""
    path = tmp_path / "authorized_keys"
    path.write_text("original")
    return path


def refused(data: Path, *command: str) -> str:
    """The line with which a command refuses a data directory."""
    place = data.parent
    (place / "some.backup").write_bytes(b"")
    arguments = [argument.format(place=place) for argument in command]
    result = surelist(*arguments, "--data", data)
    output = result.stdout if command == ("doctor",) else result.stderr
    assert result.returncode == (1 if command == ("doctor",) else 2), result.stderr
    lines = [line for line in output.splitlines() if str(data) in line]
    assert len(lines) == 1, output
    return lines[0]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_refuses_a_data_directory_that_others_can_write_to(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    data = tmp_path / "data"
    for bits in (0o777, 0o770, 0o702):
        data.mkdir(exist_ok=True)
        data.chmod(bits)
        assert f"Other users can write to {data}. Run: chmod go-w {data}" in refused(data, *command)
        assert list(data.iterdir()) == []


@as_root
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_refuses_a_data_directory_of_another_user(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    give_away(data)
    assert "belongs to nobody, and this process runs as root" in refused(data, *command)
    assert list(data.iterdir()) == []


@pytest.mark.parametrize("name", OPENED)
def test_a_link_in_place_of_a_file_is_not_followed(tmp_path: Path, target: Path, name: str) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    for link in (os.symlink, os.link):
        link(target, data / name)
        with pytest.raises(ConfigurationError, match=f"{name} is not a regular file"):
            OPENED[name](data)
        assert target.read_text() == "original"
        (data / name).unlink()
    (data / name).symlink_to(tmp_path / "nothing")
    with pytest.raises(ConfigurationError, match=f"{name} is not a regular file"):
        OPENED[name](data)
    assert not (tmp_path / "nothing").exists()


def test_a_pipe_or_a_directory_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lock")
    with pytest.raises(ConfigurationError, match="not a regular file"), lock_exclusively(tmp_path):
        pass
    (tmp_path / "web.log").mkdir()
    with pytest.raises(ConfigurationError, match="not a regular file"):
        PageLog(tmp_path / "web.log")


@as_root
@pytest.mark.parametrize("name", OPENED)
def test_a_file_of_another_user_is_not_written_to(tmp_path: Path, name: str) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / name).write_text("theirs")
    give_away(data / name)
    with pytest.raises(ConfigurationError, match="not a regular file"):
        OPENED[name](data)
    assert (data / name).read_text() == "theirs"


def test_every_file_of_a_data_directory_has_mode_0600(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    for older in ("postgres.log", "web.log", "lock"):
        (data / older).touch(0o644)
    old = os.umask(0)
    try:
        with postgres(data, durable=False):
            create_secret(data)
            record_server(data, "http://localhost:8000")
            for log in ("web.log", "web-build.log"):
                PageLog(data / log).close()
            files = [path for path in data.iterdir() if path.is_file()]
    finally:
        os.umask(old)
    assert {path.name for path in files} == {
        *OPENED,
        "roles.json",
        "secret",
        "server.json",
    }
    assert {path.name: oct(mode(path)) for path in files} == {path.name: "0o600" for path in files}


def test_replacing_a_link_leaves_its_target_unchanged(tmp_path: Path, target: Path) -> None:
    (tmp_path / "server.json").symlink_to(target)
    private_files.replace(tmp_path / "server.json", "ours")
    assert target.read_text() == "original"
    assert not (tmp_path / "server.json").is_symlink()
    assert mode(tmp_path / "server.json") == 0o600


def test_a_new_file_replaces_nothing_not_even_a_broken_link(tmp_path: Path, target: Path) -> None:
    new = tmp_path / "new"
    for link in (os.symlink, os.link):
        link(target, new)
        with pytest.raises(ConfigurationError, match="exists"):
            create(new)
        new.unlink()
    new.symlink_to(tmp_path / "nothing")
    with pytest.raises(ConfigurationError, match="exists"):
        create(new)
    assert not (tmp_path / "nothing").exists()
    assert target.read_text() == "original"


@as_root
@pytest.mark.parametrize("name", ["new.unfinished", "new.tmp", ".new.unfinished"])
def test_a_prepared_temporary_file_is_not_used(tmp_path: Path, target: Path, name: str) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (shared / name).touch()
    (shared / name).chmod(0o666)
    give_away(shared / name)
    create(shared / "new")
    assert (shared / "new").lstat().st_uid == os.geteuid()
    assert mode(shared / "new") == 0o600
    assert (shared / name).read_bytes() == b""


Link = Callable[[Path, Path], None]


def create(path: Path, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Create a file, and call `meanwhile` before it appears at `path`."""
    with private_files.create(path) as file:
        file.write(b"lists")
        meanwhile()


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_file_created_meanwhile_is_not_replaced(tmp_path: Path, target: Path, link: Link) -> None:
    new = tmp_path / "new"
    with pytest.raises(ConfigurationError, match=r"exists\. A backup never replaces"):
        create(new, lambda: link(target, new))
    assert target.read_text() == "original"
    assert {path.name for path in tmp_path.iterdir()} == {"authorized_keys", "new"}


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_replaced_temporary_file_is_detected(tmp_path: Path, target: Path, link: Link) -> None:
    def exchange() -> None:
        (unfinished,) = tmp_path.glob("new.*")
        unfinished.unlink()
        link(target, unfinished)

    with pytest.raises(ConfigurationError, match="replaced"):
        create(tmp_path / "new", exchange)
    assert target.read_text() == "original"


def test_a_file_system_without_hard_links_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    new, other = tmp_path / "new", tmp_path / "other"
    create(new)
    assert new.read_bytes() == b"lists"
    assert mode(new) == 0o600
    with pytest.raises(ConfigurationError, match="exists"):
        create(other, lambda: other.write_text("theirs"))
    assert other.read_text() == "theirs"


def test_a_failed_block_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        create(tmp_path / "new", lambda: 1 // 0)
    assert list(tmp_path.iterdir()) == []
