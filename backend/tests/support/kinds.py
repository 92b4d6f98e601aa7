"""The kind of each test, by what it needs; a test that needs more than its kind allows fails.

| mark | the test needs |
|---|---|
| `unit` | this process alone: no PostgreSQL, no other program |
| `database` | the PostgreSQL of its worker, and no other program |
| `process` | programs that it starts: servers, PostgreSQL, Redis, Caddy, the command line |
| `client` | released MCP clients, which have to be installed |
| `slow` | more than a few seconds; in addition to one of the others |

`test_kinds.py` and the audit hook below keep the lists complete.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.citus_nodes import CITUS_URL

KINDS = ("unit", "database", "process", "client")

PROCESS = {
    "test_backup",
    "test_bench",
    "test_chat_unset",
    "test_children::test_surelist_up_passes_each_child_only_its_own_secrets",
    "test_cli",
    "test_commit::test_an_unavailable_database_is_reported_at_both_doors_and_recovers",
    "test_concurrency",
    "test_deploying::test_the_pages_secrets_are_written_for_the_page_alone",
    "test_deploying::test_the_roles_of_a_new_server_see_what_is_theirs",
    "test_development",
    "test_distributing::test_a_backup_is_restored_and_distributed_again",
    "test_doctor",
    "test_embedded",
    "test_faults",
    "test_fuzz",
    "test_health::test_a_working_server_is_alive_and_ready",
    "test_health::test_metrics_are_not_shown_through_a_proxy",
    "test_health::test_metrics_count_the_calls_of_all_workers",
    "test_health::test_dead_workers_leave_the_gauges_and_stay_in_the_counters",
    "test_hooks",
    "test_isolation::test_the_linter_refuses_access_around_the_isolation_module",
    "test_isolation::test_the_linter_allows_connections_in_the_isolation_module",
    "test_log",
    "test_logs",
    "test_mending::test_a_client_is_logged_once_a_day_and_counted_at_every_call",
    "test_owner_races",
    "test_private_files::test_every_command_refuses_a_data_directory_of_another_user",
    "test_private_files::test_every_command_refuses_a_data_directory_that_others_can_write_to",
    "test_private_files::test_a_file_of_another_user_is_not_written_to",
    "test_private_files::test_a_link_in_place_of_a_file_is_not_followed",
    "test_private_files::test_every_file_of_a_data_directory_has_mode_0600",
    "test_programs",
    "test_proxy",
    "test_release",
    "test_replica",
    "test_restoring",
    "test_revocation",
    "test_shared_rates",
    "test_statements::test_the_statements_that_can_be_read_are_those_that_run",
    "test_terminal",
    "test_traces",
    "test_upgrades::test_first_requests_of_java_are_served_by_mcp_and_rest",
    "test_webhooks_killed",
    "test_wall::test_doctor_says_that_a_wall_is_missing",
}
"""Modules, or tests of a module, that start programs."""

SLOW = {
    "test_bench",
    "test_fuzz",
    "test_growth",
    "test_isolation::test_a_stranger_gets_the_same_responses_for_existing_and_missing_rows",
    "test_isolation::test_every_statement_filters_each_of_its_tables_by_user",
    "test_ledger::test_random_calls_of_two_users_give_the_results_of_the_model",
    "test_text_growth",
    "test_webhooks_killed",
    "test_words::test_every_character_is_folded_by_unicode_rules_or_to_an_easier_one",
}
"""Modules, or tests of a module, that take more than a few seconds."""

TOGETHER = {"test_growth"}
"""Modules whose tests share what takes long to make; so do all modules that start programs."""

NOT_ON_CITUS = {
    "it reads the plans of one PostgreSQL": {"test_growth"},
    "it sees who waits on one PostgreSQL": {
        "test_admission::test_a_hundred_writes_of_one_user_do_not_hold_up_another_users_read",
        "test_erasing::test_an_agents_first_read_during_an_erase_leaves_no_row",
        "test_erasing::test_an_erase_during_an_agents_first_read_leaves_no_row",
        "test_one_writer::test_a_write_waits_for_the_lock_before_its_first_read",
        "test_person_first::test_a_write_of_the_person_does_not_queue_behind_an_agents_writes",
    },
    "it stands between the server and the socket of its PostgreSQL": {
        "test_lost_connections::test_a_connection_is_dropped_after_the_shutdown_message_of_postgresql",
        "test_lost_connections::test_a_hanging_postgresql_is_unavailable_and_recovers",
        "test_lost_connections::test_a_question_of_the_server_itself_ends_with_its_connection",
        "test_lost_connections::test_a_question_of_the_server_itself_is_cancelled_when_postgresql_hangs",
        "test_lost_connections::test_a_question_of_the_server_itself_is_given_up_when_postgresql_hangs",
        "test_lost_connections::test_a_read_does_not_wait_for_a_hanging_postgresql_beside_a_replica",
        "test_lost_connections::test_the_check_of_a_first_connection_is_given_up_when_postgresql_hangs",
    },
    "it needs a database that asks for a password, which the nodes of a cluster may not": {
        "test_auth_schema::test_making_it_again_keeps_what_is_there_and_ends_the_old_password",
        "test_database::test_a_wrong_password_stops_the_start_and_is_not_repeated",
    },
    "it joins the rows of two users, which Citus refuses": {
        "test_isolation::test_without_filters_and_policies_a_stranger_can_read_and_change_everything",
    },
    "it damages tables in ways that Citus does not allow": {
        "test_backup::test_a_role_that_does_not_see_every_list_makes_no_backup",
        "test_commit::test_a_call_with_a_failed_commit_can_be_repeated",
        "test_commit::test_a_failing_commit_is_never_acknowledged",
        "test_database::test_a_table_that_differs_from_its_model_is_seen",
        "test_isolation::test_a_table_without_row_level_security_is_found",
        "test_restoring::test_a_restore_ignores_everything_in_a_file_except_rows",
        "test_wall::test_a_changed_wall_is_refused_and_its_table_is_named",
    },
    "it migrates to an earlier schema, which is not distributed": {
        "test_database::test_migrations_go_up_and_down_and_up_again_and_leave_nothing_between",
        "test_migrating::test_a_downgrade_keeps_every_instant_and_every_day",
        "test_migrating::test_half_a_due_date_cannot_be_stored",
        "test_migrating::test_what_was_due_before_wall_times_is_shown_and_undone_as_it_was",
    },
}
"""Modules, or tests of a module, that are skipped on a Citus cluster, by the reason."""

_guarded = ""
"""The kind of the test that runs, when it may start no program."""


def mark(items: list[pytest.Item]) -> None:
    """Give each test its kind, and put the long ones first, so that workers end together."""
    for item in items:
        kind = _kind(item)
        item.add_marker(kind)
        if _listed(item.nodeid, SLOW):
            item.add_marker("slow")
        for reason, tests in NOT_ON_CITUS.items():
            if CITUS_URL and _listed(item.nodeid, tests):
                item.add_marker(pytest.mark.skip(reason))
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, bool]:
    return -KINDS.index(kind_of(item)), item.get_closest_marker("slow") is None


def share_of(nodeid: str) -> str:
    """What goes to one worker as a whole: a test, or a module whose tests start programs.

    Tests of a module often share the programs.
    """
    module = nodeid.partition("::")[0]
    return module if _starts_programs(nodeid) or _listed(nodeid, TOGETHER) else nodeid


class Shares(LoadScopeScheduling):
    """Gives the workers of pytest-xdist their shares.

    Its mark `xdist_group` does nothing on pytest 9.2 (pytest-xdist's issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def _kind(item: pytest.Item) -> str:
    if started := _starts_programs(item.nodeid):
        return started
    return "database" if "cluster" in getattr(item, "fixturenames", ()) else "unit"


def _starts_programs(nodeid: str) -> str:
    """The kind of a test that starts programs, or an empty string."""
    if "clients" in Path(nodeid.partition("::")[0]).parts:
        return "client"
    return "process" if _listed(nodeid, PROCESS) else ""


def _listed(nodeid: str, tests: set[str]) -> bool:
    path, _, name = nodeid.partition("::")
    module, function = Path(path).stem, name.partition("[")[0]
    return not {module, f"{module}::{function}"}.isdisjoint(tests)


def kind_of(item: pytest.Item) -> str:
    """The one of KINDS that a collected test has."""
    return next(kind for kind in KINDS if item.get_closest_marker(kind))


@contextmanager
def guarded(item: pytest.Item) -> Iterator[None]:
    """Let a test with its fixtures start programs only if its kind allows it."""
    global _guarded
    kind = kind_of(item)
    _guarded = kind if kind in ("unit", "database") else ""
    try:
        yield
    finally:
        _guarded = ""


@contextmanager
def postgres_for_tests() -> Iterator[None]:
    """Start or stop the PostgreSQL of this worker; RuntimeError in a unit test."""
    global _guarded
    if _guarded == "unit":
        raise RuntimeError("A unit test asked for PostgreSQL.")
    before, _guarded = _guarded, ""
    try:
        yield
    finally:
        _guarded = before


def _refuse_programs(event: str, arguments: tuple[Any, ...]) -> None:
    if _guarded and event == "subprocess.Popen":
        program = Path(str(arguments[0])).name
        raise RuntimeError(
            f"A {_guarded} test starts {program}: list it in PROCESS, in tests/support/kinds.py."
        )


sys.addaudithook(_refuse_programs)
