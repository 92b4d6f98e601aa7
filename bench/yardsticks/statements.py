"""The minimal statements for each verb, for the plain program and pgbench.

They read and write the same rows in the same transactions as Surelist, under the same row-level
security: a task, its search columns, its event, the account's counters.
"""

BEGIN = ("BEGIN", "SET LOCAL app.user_id = '{0}'")

LOCK = ("BEGIN", "SELECT hold_account('{0}', 5000)")

LIST = """
SELECT a.timezone, a.pending_count + a.completed_count AS total, page.*
FROM account a LEFT JOIN (
    SELECT id, title, left(description, 201) AS description, priority, due_on, due_at, tags,
        completed_at, deleted_at, version, created_at, updated_at
    FROM task WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
) page ON true
WHERE a.user_id = $1 ORDER BY page.id
"""

STANDING = """
SELECT a.last_event, a.last_task, clock_timestamp() AS now, e.id AS alike
FROM account a LEFT JOIN event e ON e.user_id = $1 AND e.client_id = $2 AND e.request_hash = $3
    AND e.kind = 'created' AND e.at > clock_timestamp() - interval '30 seconds'
WHERE a.user_id = $1
"""

CREATE = """
WITH new_task AS (
    INSERT INTO task (user_id, id, title, priority, tags, sort_title, search_text, search_tags,
        version, created_at, updated_at)
    VALUES ($1, $2, $3, 0, '{}', $4, $5, '{}', $6, $7, $7)
), new_event AS (
    INSERT INTO event (user_id, id, subject, subject_id, kind, actor, client_id, client_name, at,
        after, request_hash)
    VALUES ($1, $6, 'task', $2, 'created', 'agent', $8, $8, $7, $9, $10)
)
UPDATE account SET last_event = $6, last_task = $2, pending_count = pending_count + 1
WHERE user_id = $1
"""

STANDING_AND_TASK = """
SELECT a.last_event, clock_timestamp() AS now, t.id, t.title, t.completed_at, t.deleted_at,
    t.version
FROM account a LEFT JOIN task t ON t.user_id = $1 AND t.id = $2
WHERE a.user_id = $1
"""

CHANGE = """
WITH changed_task AS (
    UPDATE task SET completed_at = $5, deleted_at = $6, version = $3, updated_at = $4
    WHERE user_id = $1 AND id = $2
), new_event AS (
    INSERT INTO event (user_id, id, subject, subject_id, kind, actor, client_id, client_name, at,
        before, after)
    VALUES ($1, $3, 'task', $2, $7, 'agent', $8, $8, $4, $9, $10)
)
UPDATE account SET last_event = $3, pending_count = pending_count + $11,
    completed_count = completed_count + $12
WHERE user_id = $1
"""

RENAME = """
WITH changed_task AS (
    UPDATE task SET title = $5, sort_title = $6, search_text = $7, version = $3, updated_at = $4
    WHERE user_id = $1 AND id = $2
), new_event AS (
    INSERT INTO event (user_id, id, subject, subject_id, kind, actor, client_id, client_name, at,
        before, after)
    VALUES ($1, $3, 'task', $2, 'updated', 'agent', $8, $8, $4, $9, $10)
)
UPDATE account SET last_event = $3 WHERE user_id = $1
"""
