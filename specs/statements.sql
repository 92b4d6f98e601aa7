-- Every statement that Surelist compiles, by module and name. Generated: run `make generated`.
--
-- $1, $2 and so on are the parameters; a parameter with a value is a constant of the statement.
-- Lists are compiled when they are asked for: one statement for each shape of question. Shown here
-- is each filter and order alone, and a second page.

-- account.erasing.REMOVE_SOME[0]
-- $1 user_id, $2 param_1 = 2000, $3 param_2 = 1
WITH gone AS
(DELETE FROM undelivered WHERE undelivered.user_id = $1::VARCHAR AND (undelivered.webhook_id, undelivered.event_id) <= (SELECT first.webhook_id, first.event_id
FROM (SELECT rows.webhook_id AS webhook_id, rows.event_id AS event_id
FROM (SELECT undelivered.webhook_id AS webhook_id, undelivered.event_id AS event_id, undelivered.problem AS problem, undelivered.status AS status, undelivered.given_up_at AS given_up_at, undelivered.replaying AS replaying
FROM undelivered
WHERE undelivered.user_id = $1::VARCHAR) AS rows ORDER BY rows.webhook_id, rows.event_id
 LIMIT $2::INTEGER) AS first ORDER BY first.webhook_id DESC, first.event_id DESC
 LIMIT $3::INTEGER) RETURNING undelivered.webhook_id)
 SELECT count(*) AS rows
FROM gone;

-- account.erasing.REMOVE_SOME[1]
-- $1 user_id, $2 param_1 = 2000, $3 param_2 = 1
WITH gone AS
(DELETE FROM message WHERE message.user_id = $1::VARCHAR AND (message.conversation_id, message.id) <= (SELECT first.conversation_id, first.id
FROM (SELECT rows.conversation_id AS conversation_id, rows.id AS id
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.search_text AS search_text, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.idempotency_key AS idempotency_key, message.request_hash AS request_hash, message.created_at AS created_at, message.updated_at AS updated_at
FROM message
WHERE message.user_id = $1::VARCHAR) AS rows ORDER BY rows.conversation_id, rows.id
 LIMIT $2::INTEGER) AS first ORDER BY first.conversation_id DESC, first.id DESC
 LIMIT $3::INTEGER) RETURNING message.conversation_id)
 SELECT count(*) AS rows
FROM gone;

-- account.erasing.REMOVE_SOME[2]
-- $1 user_id, $2 param_1 = 2000, $3 param_2 = 1
WITH gone AS
(DELETE FROM delivery WHERE delivery.user_id = $1::VARCHAR AND delivery.webhook_id <= (SELECT first.webhook_id
FROM (SELECT rows.webhook_id AS webhook_id
FROM (SELECT delivery.webhook_id AS webhook_id, delivery.after_id AS after_id, delivery.due_at AS due_at, delivery.claim AS claim, delivery.replaying AS replaying, delivery.attempts AS attempts, delivery.failing_since AS failing_since, delivery.last_at AS last_at, delivery.last_status AS last_status, delivery.last_problem AS last_problem
FROM delivery
WHERE delivery.user_id = $1::VARCHAR) AS rows ORDER BY rows.webhook_id
 LIMIT $2::INTEGER) AS first ORDER BY first.webhook_id DESC
 LIMIT $3::INTEGER) RETURNING delivery.webhook_id)
 SELECT count(*) AS rows
FROM gone;

-- account.erasing.REMOVE_SOME[3]
-- $1 user_id, $2 param_1 = 2000, $3 param_2 = 1
WITH gone AS
(DELETE FROM webhook WHERE webhook.user_id = $1::VARCHAR AND webhook.id <= (SELECT first.id
FROM (SELECT rows.id AS id
FROM (SELECT webhook.id AS id, webhook.url AS url, webhook.salt AS salt, webhook.earlier_salt AS earlier_salt, webhook.earlier_until AS earlier_until, webhook.paused_at AS paused_at, webhook.paused_because AS paused_because, webhook.created_at AS created_at
FROM webhook
WHERE webhook.user_id = $1::VARCHAR) AS rows ORDER BY rows.id
 LIMIT $2::INTEGER) AS first ORDER BY first.id DESC
 LIMIT $3::INTEGER) RETURNING webhook.id)
 SELECT count(*) AS rows
FROM gone;

-- account.erasing.REMOVE_SOME[4]
-- $1 user_id, $2 param_1 = 2000, $3 param_2 = 1
WITH gone AS
(DELETE FROM task WHERE task.user_id = $1::VARCHAR AND task.id <= (SELECT first.id
FROM (SELECT rows.id AS id
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS rows ORDER BY rows.id
 LIMIT $2::INTEGER) AS first ORDER BY first.id DESC
 LIMIT $3::INTEGER) RETURNING task.id)
 SELECT count(*) AS rows
FROM gone;

-- account.erasing.REMOVE_SOME[5]
-- $1 user_id, $2 param_1 = 2000, $3 param_2 = 1
WITH gone AS
(DELETE FROM event WHERE event.user_id = $1::VARCHAR AND event.id <= (SELECT first.id
FROM (SELECT rows.id AS id
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS rows ORDER BY rows.id
 LIMIT $2::INTEGER) AS first ORDER BY first.id DESC
 LIMIT $3::INTEGER) RETURNING event.id)
 SELECT count(*) AS rows
FROM gone;

-- account.erasing.REMOVE_SOME[6]
-- $1 user_id, $2 param_1 = 2000, $3 param_2 = 1
WITH gone AS
(DELETE FROM conversation WHERE conversation.user_id = $1::VARCHAR AND conversation.id <= (SELECT first.id
FROM (SELECT rows.id AS id
FROM (SELECT conversation.id AS id, conversation.title AS title, conversation.search_text AS search_text, conversation.client_id AS client_id, conversation.client_name AS client_name, conversation.last_message AS last_message, conversation.size AS size, conversation.turn_token AS turn_token, conversation.turn_started_at AS turn_started_at, conversation.deleted_at AS deleted_at, conversation.created_at AS created_at, conversation.updated_at AS updated_at
FROM conversation
WHERE conversation.user_id = $1::VARCHAR) AS rows ORDER BY rows.id
 LIMIT $2::INTEGER) AS first ORDER BY first.id DESC
 LIMIT $3::INTEGER) RETURNING conversation.id)
 SELECT count(*) AS rows
FROM gone;

-- account.erasing.REMOVE_SOME[7]
-- $1 user_id, $2 param_1 = 2000, $3 param_2 = 1
WITH gone AS
(DELETE FROM agent WHERE agent.user_id = $1::VARCHAR AND agent.client_id <= (SELECT first.client_id
FROM (SELECT rows.client_id AS client_id
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS rows ORDER BY rows.client_id
 LIMIT $2::INTEGER) AS first ORDER BY first.client_id DESC
 LIMIT $3::INTEGER) RETURNING agent.client_id)
 SELECT count(*) AS rows
FROM gone;

-- account.erasing._SHUT_OUT
-- $1 timezone = 'UTC', $2 pending_count = 0, $3 completed_count = 0, $4 stored_bytes = 0, $5 erased_at = datetime.datetime(9999, 12, 31, 23, 59, 59, 999999), $6 user_id
UPDATE account SET timezone=$1::VARCHAR, pending_count=$2::BIGINT, completed_count=$3::BIGINT, stored_bytes=$4::BIGINT, erased_at=$5::TIMESTAMP WITH TIME ZONE WHERE account.user_id = $6::VARCHAR;

-- account.erasing._FINISH
-- $1 user_id
UPDATE account SET erased_at=statement_timestamp() WHERE account.user_id = $1::VARCHAR;

-- account.export._TASKS
-- $1 user_id, $2 last, $3 clock_timestamp_1 = datetime.timedelta(days=30), $4 param_1 = 200
SELECT task.id, task.title, task.description, task.priority, task.due_on, task.due_time, task.due_zone, task.due_at, task.tags, task.sort_title, task.search_text, task.search_tags, task.completed_at, task.deleted_at, task.status, task.sort_due, task.sort_priority, task.version, task.created_at, task.updated_at
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.id > $2::BIGINT AND (task.deleted_at IS NULL OR task.deleted_at > (SELECT clock_timestamp() - $3::INTERVAL AS anon_1)) ORDER BY task.id
 LIMIT $4::INTEGER;

-- account.export._SINCE
-- $1 user_id, $2 as_of, $3 last, $4 through
SELECT event.id, event.subject_id, event.before
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.subject = 'task' AND event.id > $2::BIGINT AND event.subject_id > $3::BIGINT AND event.subject_id <= $4::BIGINT ORDER BY event.id DESC;

-- account.export._LATEST
-- $1 user_id, $2 as_of, $3 last, $4 through
SELECT event.subject_id, max(event.id) AS id, max(event.at) AS at
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.subject = 'task' AND event.id <= $2::BIGINT AND event.subject_id > $3::BIGINT AND event.subject_id <= $4::BIGINT GROUP BY event.subject_id;

-- account.export._EVENTS
-- $1 user_id, $2 last, $3 as_of, $4 param_1 = 200
SELECT event.id, event.subject, event.subject_id, event.subject_key, event.call, event.kind, event.actor, event.client_id, event.client_name, event.conversation_id, event.message_id, event.at, event.before, event.after, event.idempotency_key, event.request_hash, event.undoes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.id > $2::BIGINT AND event.id <= $3::BIGINT ORDER BY event.id
 LIMIT $4::INTEGER;

-- account.service.CONTEXT_ALONE
-- $1 user_id, $2 client_id, $3 idempotency_key
SELECT account.timezone, account.last_event, account.last_task, account.erased_at, account.pending_count + account.completed_count AS kept, account.stored_bytes, account.quota_day, account.quota_used, clock_timestamp() AS now, first.id AS first_event, first.subject AS first_subject, first.subject_id AS first_id, first.subject_key AS first_key, first.request_hash AS first_hash
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS first ON first.client_id = $2::VARCHAR AND first.idempotency_key = $3::VARCHAR;

-- account.service._ACCOUNT
-- $1 user_id
SELECT account.timezone, account.last_event, account.last_task, account.last_conversation, account.pending_count, account.completed_count, account.stored_bytes, account.quota_day, account.quota_used, account.chat_day, account.chat_turns, account.chat_tokens, account.erased_at, account.sessions_valid_after, account.created_at
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account;

-- account.service._END_SESSIONS
-- $1 valid_after, $2 user_id
UPDATE account SET sessions_valid_after=greatest(account.sessions_valid_after, $1::TIMESTAMP WITH TIME ZONE) WHERE account.user_id = $2::VARCHAR;

-- account.subject._LOAD
-- $1 user_id
SELECT the_account.timezone
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS the_account
WHERE true;

-- account.subject._STORE[0]
-- $1 timezone, $2 event_id, $3 account_last_task, $4 account_pending, $5 account_completed, $6 event_before, $7 event_after, $8 account_quota_day, $9 account_quota_used, $10 user_id, $11 event_subject, $12 event_subject_id, $13 event_subject_key, $14 event_call, $15 event_kind, $16 event_actor, $17 event_client_id, $18 event_client_name, $19 event_conversation_id, $20 event_message_id, $21 event_at, $22 event_idempotency_key, $23 event_request_hash, $24 event_undoes
WITH appended AS
(INSERT INTO event (user_id, id, subject, subject_id, subject_key, call, kind, actor, client_id, client_name, conversation_id, message_id, at, before, after, idempotency_key, request_hash, undoes) VALUES ($10::VARCHAR, $2::BIGINT, $11::VARCHAR, $12::BIGINT, $13::VARCHAR, $14::BIGINT, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR, $19::BIGINT, $20::BIGINT, $21::TIMESTAMP WITH TIME ZONE, $6::JSONB, $7::JSONB, $22::VARCHAR, $23::BYTEA, $24::BIGINT))
 UPDATE account SET timezone=$1::VARCHAR, last_event=$2::BIGINT, last_task=$3::BIGINT, pending_count=(account.pending_count + $4::BIGINT), completed_count=(account.completed_count + $5::BIGINT), stored_bytes=(account.stored_bytes + coalesce(octet_length(CAST($6::JSONB AS TEXT)), 0) + coalesce(octet_length(CAST($7::JSONB AS TEXT)), 0)), quota_day=$8::DATE, quota_used=$9::BIGINT WHERE account.user_id = $10::VARCHAR;

-- account.subject._STORE[1]
-- $1 timezone, $2 user_id
UPDATE account SET timezone=$1::VARCHAR WHERE account.user_id = $2::VARCHAR;

-- agents.keys.ADD
-- $1 user_id, $2 client_id, $3 name, $4 scopes, $5 bounded, $6 valid_after, $7 expires_at, $8 last_used_at
INSERT INTO agent (user_id, client_id, name, scopes, bounded, valid_after, expires_at, last_used_at) VALUES ($1::VARCHAR, $2::VARCHAR, $3::VARCHAR, $4::TEXT[], $5::BOOLEAN, $6::TIMESTAMP WITH TIME ZONE, $7::TIMESTAMP WITH TIME ZONE, $8::TIMESTAMP WITH TIME ZONE) ON CONFLICT DO NOTHING;

-- agents.keys._KEY
-- $1 user_id, $2 client_id
SELECT agent.client_id, agent.name, agent.scopes, agent.bounded, agent.valid_after, agent.expires_at, agent.revoked_at, agent.last_used_at, agent.created_at
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent
WHERE agent.client_id = $2::VARCHAR;

-- agents.keys._NAMES
-- $1 user_id, $2 client_id_1 = 'key-', $3 now
SELECT agent.name
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent
WHERE (agent.client_id LIKE $2::VARCHAR || '%') AND agent.revoked_at IS NULL AND agent.expires_at > $3::TIMESTAMP WITH TIME ZONE;

-- agents.limit._COUNT
-- $1 user_id
SELECT count(*) AS agents
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent;

-- agents.limit._DELETE_UNUSABLE
-- $1 user_id, $2 client_id_1 = 'key-', $3 now, $4 long_ago, $5 excess
DELETE FROM agent WHERE agent.user_id = $1::VARCHAR AND agent.client_id IN (SELECT agent.client_id
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent
WHERE (agent.client_id LIKE $2::VARCHAR || '%') AND (agent.revoked_at IS NOT NULL OR agent.expires_at < $3::TIMESTAMP WITH TIME ZONE) OR agent.revoked_at < $4::TIMESTAMP WITH TIME ZONE ORDER BY (agent.client_id LIKE $2::VARCHAR || '%') DESC, agent.revoked_at, agent.client_id
 LIMIT $5::BIGINT);

-- agents.listing._FIRST_PAGE
-- $1 user_id, $2 rows
SELECT agent.client_id, agent.name, agent.scopes, agent.bounded, agent.valid_after, agent.expires_at, agent.revoked_at, agent.last_used_at, agent.created_at
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent ORDER BY agent.created_at DESC, agent.client_id
 LIMIT $2::BIGINT;

-- agents.listing._NEXT_PAGE
-- $1 user_id, $2 last_at, $3 last_id, $4 rows
SELECT agent.client_id, agent.name, agent.scopes, agent.bounded, agent.valid_after, agent.expires_at, agent.revoked_at, agent.last_used_at, agent.created_at
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent
WHERE agent.created_at <= $2::TIMESTAMP WITH TIME ZONE AND (agent.created_at < $2::TIMESTAMP WITH TIME ZONE OR agent.client_id > $3::VARCHAR) ORDER BY agent.created_at DESC, agent.client_id
 LIMIT $4::BIGINT;

-- agents.service._ALLOW
-- $1 name, $2 scopes, $3 bounded = True, $4 this_second, $5 revoked_at = None, $6 user_id, $7 client_id
UPDATE agent SET name=$1::VARCHAR, scopes=$2::TEXT[], bounded=$3::BOOLEAN, valid_after=CASE WHEN (agent.revoked_at IS NULL) THEN agent.valid_after ELSE $4::TIMESTAMP WITH TIME ZONE END, revoked_at=$5::TIMESTAMP WITH TIME ZONE WHERE agent.user_id = $6::VARCHAR AND agent.client_id = $7::VARCHAR RETURNING agent.user_id, agent.client_id, agent.name, agent.scopes, agent.bounded, agent.valid_after, agent.expires_at, agent.revoked_at, agent.last_used_at, agent.created_at;

-- agents.service._ONE
-- $1 user_id, $2 client_id
SELECT agent.client_id, agent.name, agent.scopes, agent.bounded, agent.valid_after, agent.expires_at, agent.revoked_at, agent.last_used_at, agent.created_at
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent
WHERE agent.client_id = $2::VARCHAR;

-- agents.service._REVOKE
-- $1 now, $2 user_id, $3 client_id
UPDATE agent SET revoked_at=$1::TIMESTAMP WITH TIME ZONE WHERE agent.user_id = $2::VARCHAR AND agent.client_id = $3::VARCHAR;

-- agents.service._NOT_REVOKED
-- $1 user_id
SELECT agent.client_id, agent.name, agent.scopes, agent.bounded, agent.valid_after, agent.expires_at, agent.revoked_at, agent.last_used_at, agent.created_at
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent
WHERE agent.revoked_at IS NULL;

-- agents.service._REVOKE_ALL
-- $1 now, $2 user_id
UPDATE agent SET revoked_at=$1::TIMESTAMP WITH TIME ZONE WHERE agent.user_id = $2::VARCHAR AND agent.revoked_at IS NULL;

-- agents.status._STATUS
-- $1 user_id, $2 client_id
SELECT clock.now, account.erased_at, account.sessions_valid_after, agent.client_id, agent.scopes, agent.bounded, agent.valid_after, agent.revoked_at, agent.last_used_at
FROM (SELECT clock_timestamp() AS now) AS clock LEFT OUTER JOIN (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account ON true LEFT OUTER JOIN (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent ON agent.client_id = $2::VARCHAR;

-- agents.status._RECORD_USE
-- $1 now, $2 user_id, $3 client_id, $4 recorded
UPDATE agent SET last_used_at=$1::TIMESTAMP WITH TIME ZONE WHERE agent.user_id = $2::VARCHAR AND agent.client_id = $3::VARCHAR AND (agent.last_used_at IS NULL OR agent.last_used_at <= $4::TIMESTAMP WITH TIME ZONE);

-- agents.status._ADD_SCOPES
-- $1 scopes, $2 user_id, $3 client_id
UPDATE agent SET scopes=$1::TEXT[] WHERE agent.user_id = $2::VARCHAR AND agent.client_id = $3::VARCHAR AND agent.bounded IS false;

-- agents.subject.EVENT_ALONE[0]
-- $1 event_id, $2 account_last_task, $3 account_pending, $4 account_completed, $5 event_before, $6 event_after, $7 account_quota_day, $8 account_quota_used, $9 user_id, $10 event_subject, $11 event_subject_id, $12 event_subject_key, $13 event_call, $14 event_kind, $15 event_actor, $16 event_client_id, $17 event_client_name, $18 event_conversation_id, $19 event_message_id, $20 event_at, $21 event_idempotency_key, $22 event_request_hash, $23 event_undoes
WITH appended AS
(INSERT INTO event (user_id, id, subject, subject_id, subject_key, call, kind, actor, client_id, client_name, conversation_id, message_id, at, before, after, idempotency_key, request_hash, undoes) VALUES ($9::VARCHAR, $1::BIGINT, $10::VARCHAR, $11::BIGINT, $12::VARCHAR, $13::BIGINT, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::BIGINT, $19::BIGINT, $20::TIMESTAMP WITH TIME ZONE, $5::JSONB, $6::JSONB, $21::VARCHAR, $22::BYTEA, $23::BIGINT))
 UPDATE account SET last_event=$1::BIGINT, last_task=$2::BIGINT, pending_count=(account.pending_count + $3::BIGINT), completed_count=(account.completed_count + $4::BIGINT), stored_bytes=(account.stored_bytes + coalesce(octet_length(CAST($5::JSONB AS TEXT)), 0) + coalesce(octet_length(CAST($6::JSONB AS TEXT)), 0)), quota_day=$7::DATE, quota_used=$8::BIGINT WHERE account.user_id = $9::VARCHAR;

-- agents.subject._LOAD
-- $1 keys, $2 user_id
SELECT of_key.client_id, of_key.name, of_key.scopes, of_key.revoked_at
FROM unnest($1::TEXT[]) AS wanted(key) JOIN LATERAL (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.revoked_at AS revoked_at
FROM (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $2::VARCHAR) AS agent
WHERE agent.client_id = wanted.key
 LIMIT 1) AS of_key ON true;

-- agents.subject._STORE[0]
-- $1 event_id, $2 account_last_task, $3 account_pending, $4 account_completed, $5 event_before, $6 event_after, $7 account_quota_day, $8 account_quota_used, $9 user_id, $10 event_subject, $11 event_subject_id, $12 event_subject_key, $13 event_call, $14 event_kind, $15 event_actor, $16 event_client_id, $17 event_client_name, $18 event_conversation_id, $19 event_message_id, $20 event_at, $21 event_idempotency_key, $22 event_request_hash, $23 event_undoes, $24 name, $25 scopes
WITH appended AS
(INSERT INTO event (user_id, id, subject, subject_id, subject_key, call, kind, actor, client_id, client_name, conversation_id, message_id, at, before, after, idempotency_key, request_hash, undoes) VALUES ($9::VARCHAR, $1::BIGINT, $10::VARCHAR, $11::BIGINT, $12::VARCHAR, $13::BIGINT, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::BIGINT, $19::BIGINT, $20::TIMESTAMP WITH TIME ZONE, $5::JSONB, $6::JSONB, $21::VARCHAR, $22::BYTEA, $23::BIGINT)),
write_0 AS
(UPDATE agent SET name=$24::VARCHAR, scopes=$25::TEXT[] WHERE agent.user_id = $9::VARCHAR AND agent.client_id = $12::VARCHAR)
 UPDATE account SET last_event=$1::BIGINT, last_task=$2::BIGINT, pending_count=(account.pending_count + $3::BIGINT), completed_count=(account.completed_count + $4::BIGINT), stored_bytes=(account.stored_bytes + coalesce(octet_length(CAST($5::JSONB AS TEXT)), 0) + coalesce(octet_length(CAST($6::JSONB AS TEXT)), 0)), quota_day=$7::DATE, quota_used=$8::BIGINT WHERE account.user_id = $9::VARCHAR;

-- agents.subject._STORE[1]
-- $1 name, $2 scopes, $3 user_id, $4 client_id
UPDATE agent SET name=$1::VARCHAR, scopes=$2::TEXT[] WHERE agent.user_id = $3::VARCHAR AND agent.client_id = $4::VARCHAR;

-- assistant.turns._LOCK
-- $1 token, $2 now, $3 user_id, $4 conversation_id
UPDATE conversation SET turn_token=$1::VARCHAR, turn_started_at=$2::TIMESTAMP WITH TIME ZONE WHERE conversation.user_id = $3::VARCHAR AND conversation.id = $4::BIGINT;

-- assistant.turns._UNLOCK
-- $1 user_id, $2 conversation_id
UPDATE conversation SET turn_token=NULL, turn_started_at=NULL WHERE conversation.user_id = $1::VARCHAR AND conversation.id = $2::BIGINT;

-- assistant.turns._SAVE_USAGE
-- $1 day, $2 turns, $3 tokens, $4 user_id
UPDATE account SET chat_day=$1::DATE, chat_turns=$2::BIGINT, chat_tokens=$3::BIGINT WHERE account.user_id = $4::VARCHAR;

-- assistant.turns._ANSWER_TO
-- $1 user_id, $2 conversation_id, $3 message_id, $4 param_1 = 1
SELECT message.id
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.search_text AS search_text, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.idempotency_key AS idempotency_key, message.request_hash AS request_hash, message.created_at AS created_at, message.updated_at AS updated_at
FROM message
WHERE message.user_id = $1::VARCHAR) AS message
WHERE message.conversation_id = $2::BIGINT AND message.reply_to = $3::BIGINT ORDER BY message.id
 LIMIT $4::INTEGER;

-- assistant.turns._LAST_USER_MESSAGE
-- $1 user_id, $2 conversation_id, $3 role_1 = 'user', $4 param_1 = 1
SELECT message.id
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.search_text AS search_text, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.idempotency_key AS idempotency_key, message.request_hash AS request_hash, message.created_at AS created_at, message.updated_at AS updated_at
FROM message
WHERE message.user_id = $1::VARCHAR) AS message
WHERE message.conversation_id = $2::BIGINT AND message.role = $3::VARCHAR ORDER BY message.id DESC
 LIMIT $4::INTEGER;

-- conversations.export._CONVERSATIONS
-- $1 user_id, $2 last, $3 clock_timestamp_1 = datetime.timedelta(days=30), $4 param_1 = 100
SELECT conversation.id, conversation.title, conversation.client_id, conversation.client_name, conversation.last_message, conversation.size, conversation.turn_token, conversation.turn_started_at, conversation.deleted_at, conversation.created_at, conversation.updated_at
FROM (SELECT conversation.id AS id, conversation.title AS title, conversation.search_text AS search_text, conversation.client_id AS client_id, conversation.client_name AS client_name, conversation.last_message AS last_message, conversation.size AS size, conversation.turn_token AS turn_token, conversation.turn_started_at AS turn_started_at, conversation.deleted_at AS deleted_at, conversation.created_at AS created_at, conversation.updated_at AS updated_at
FROM conversation
WHERE conversation.user_id = $1::VARCHAR) AS conversation
WHERE conversation.id > $2::BIGINT AND (conversation.deleted_at IS NULL OR conversation.deleted_at > (SELECT clock_timestamp() - $3::INTERVAL AS anon_1)) ORDER BY conversation.id
 LIMIT $4::INTEGER;

-- conversations.export._MESSAGES
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 last, $4 last_message, $5 param_1 = 100
SELECT message.conversation_id, message.id, message.role, message.content, message.parts, message.size, message.version, message.reply_to, message.replaces, message.failure, message.client_id, message.client_name, message.idempotency_key, message.created_at, message.updated_at
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.search_text AS search_text, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.idempotency_key AS idempotency_key, message.request_hash AS request_hash, message.created_at AS created_at, message.updated_at AS updated_at
FROM message
WHERE message.user_id = $1::VARCHAR) AS message JOIN (SELECT conversation.id AS id, conversation.title AS title, conversation.search_text AS search_text, conversation.client_id AS client_id, conversation.client_name AS client_name, conversation.last_message AS last_message, conversation.size AS size, conversation.turn_token AS turn_token, conversation.turn_started_at AS turn_started_at, conversation.deleted_at AS deleted_at, conversation.created_at AS created_at, conversation.updated_at AS updated_at
FROM conversation
WHERE conversation.user_id = $1::VARCHAR) AS conversation ON conversation.id = message.conversation_id
WHERE (conversation.deleted_at IS NULL OR conversation.deleted_at > (SELECT clock_timestamp() - $2::INTERVAL AS anon_1)) AND (message.conversation_id > $3::BIGINT OR message.conversation_id = $3::BIGINT AND message.id > $4::BIGINT) ORDER BY message.conversation_id, message.id
 LIMIT $5::INTEGER;

-- conversations.listing._NEWEST
-- $1 user_id, $2 conversation_id, $3 rows, $4 budget
SELECT page.conversation_id, page.id, page.role, page.content, page.parts, page.size, page.version, page.reply_to, page.replaces, page.failure, page.client_id, page.client_name, page.created_at, page.updated_at, page.before
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.created_at AS created_at, message.updated_at AS updated_at, sum(message.size) OVER (ORDER BY message.id DESC) - message.size AS before
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.search_text AS search_text, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.idempotency_key AS idempotency_key, message.request_hash AS request_hash, message.created_at AS created_at, message.updated_at AS updated_at
FROM message
WHERE message.user_id = $1::VARCHAR) AS message
WHERE message.conversation_id = $2::BIGINT ORDER BY message.id DESC
 LIMIT $3::BIGINT) AS page
WHERE page.before < $4::BIGINT ORDER BY page.id DESC;

-- conversations.listing._OLDER
-- $1 user_id, $2 conversation_id, $3 last_id, $4 rows, $5 budget
SELECT page.conversation_id, page.id, page.role, page.content, page.parts, page.size, page.version, page.reply_to, page.replaces, page.failure, page.client_id, page.client_name, page.created_at, page.updated_at, page.before
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.created_at AS created_at, message.updated_at AS updated_at, sum(message.size) OVER (ORDER BY message.id DESC) - message.size AS before
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.search_text AS search_text, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.idempotency_key AS idempotency_key, message.request_hash AS request_hash, message.created_at AS created_at, message.updated_at AS updated_at
FROM message
WHERE message.user_id = $1::VARCHAR) AS message
WHERE message.conversation_id = $2::BIGINT AND message.id < $3::BIGINT ORDER BY message.id DESC
 LIMIT $4::BIGINT) AS page
WHERE page.before < $5::BIGINT ORDER BY page.id DESC;

-- conversations.listing._CHANGES
-- $1 user_id, $2 conversation_id, $3 first_id, $4 last_id, $5 rows
SELECT event.id, event.subject, event.subject_id, event.subject_key, event.call, event.kind, event.actor, event.client_id, event.client_name, event.conversation_id, event.message_id, event.at, event.before, event.after, event.idempotency_key, event.request_hash, event.undoes, undoing.id AS undone_by
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS undoing ON undoing.undoes = event.id
WHERE event.conversation_id = $2::BIGINT AND event.message_id >= $3::BIGINT AND event.message_id <= $4::BIGINT ORDER BY event.message_id DESC, event.id DESC
 LIMIT $5::BIGINT;

-- conversations.messages._ADD
-- $1 last_conversation, $2 grown, $3 user_id, $4 conversation_id, $5 message_id, $6 role, $7 content, $8 parts, $9 search_text, $10 size, $11 reply_to, $12 replaces, $13 failure, $14 client_id, $15 client_name, $16 idempotency_key, $17 request_hash, $18 now, $19 title, $20 title_text
WITH write_0 AS
(INSERT INTO message (user_id, conversation_id, id, role, content, parts, search_text, size, version, reply_to, replaces, failure, client_id, client_name, idempotency_key, request_hash, created_at) VALUES ($3::VARCHAR, $4::BIGINT, $5::BIGINT, $6::VARCHAR, $7::VARCHAR, $8::JSONB, $9::VARCHAR, $10::BIGINT, 1, $11::BIGINT, $12::BIGINT, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::BYTEA, $18::TIMESTAMP WITH TIME ZONE)),
write_1 AS
(UPDATE conversation SET title=$19::VARCHAR, search_text=$20::VARCHAR, last_message=$5::BIGINT, size=(conversation.size + $2::BIGINT), updated_at=$18::TIMESTAMP WITH TIME ZONE WHERE conversation.user_id = $3::VARCHAR AND conversation.id = $4::BIGINT)
 UPDATE account SET last_conversation=$1::BIGINT, stored_bytes=(account.stored_bytes + $2::BIGINT) WHERE account.user_id = $3::VARCHAR;

-- conversations.messages._CHANGE
-- $1 last_conversation, $2 grown, $3 content, $4 search_text, $5 version_1 = 1, $6 now, $7 user_id, $8 conversation_id, $9 message_id
WITH write_0 AS
(UPDATE message SET content=$3::VARCHAR, search_text=$4::VARCHAR, size=(message.size + $2::BIGINT), version=(message.version + $5::BIGINT), updated_at=$6::TIMESTAMP WITH TIME ZONE WHERE message.user_id = $7::VARCHAR AND message.conversation_id = $8::BIGINT AND message.id = $9::BIGINT),
write_1 AS
(UPDATE conversation SET size=(conversation.size + $2::BIGINT), updated_at=$6::TIMESTAMP WITH TIME ZONE WHERE conversation.user_id = $7::VARCHAR AND conversation.id = $8::BIGINT)
 UPDATE account SET last_conversation=$1::BIGINT, stored_bytes=(account.stored_bytes + $2::BIGINT) WHERE account.user_id = $7::VARCHAR;

-- conversations.messages._FIND
-- $1 user_id, $2 conversation_id, $3 message_id
SELECT message.conversation_id, message.id, message.role, message.content, message.parts, message.version, message.reply_to, message.replaces, message.failure, message.client_id, message.client_name, message.idempotency_key, message.created_at, message.updated_at, message.request_hash
FROM (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.search_text AS search_text, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.idempotency_key AS idempotency_key, message.request_hash AS request_hash, message.created_at AS created_at, message.updated_at AS updated_at
FROM message
WHERE message.user_id = $1::VARCHAR) AS message
WHERE message.conversation_id = $2::BIGINT AND message.id = $3::BIGINT;

-- conversations.records._EXPIRED
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 param_1 = 5
SELECT conversation.id, conversation.size
FROM (SELECT conversation.id AS id, conversation.title AS title, conversation.search_text AS search_text, conversation.client_id AS client_id, conversation.client_name AS client_name, conversation.last_message AS last_message, conversation.size AS size, conversation.turn_token AS turn_token, conversation.turn_started_at AS turn_started_at, conversation.deleted_at AS deleted_at, conversation.created_at AS created_at, conversation.updated_at AS updated_at
FROM conversation
WHERE conversation.user_id = $1::VARCHAR) AS conversation
WHERE conversation.deleted_at <= (SELECT clock_timestamp() - $2::INTERVAL AS anon_1) ORDER BY conversation.deleted_at
 LIMIT $3::INTEGER;

-- conversations.records._FIND
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 conversation_id
SELECT account.timezone, conversation.id, conversation.title, conversation.client_id, conversation.client_name, conversation.last_message, conversation.size, conversation.turn_token, conversation.turn_started_at, conversation.deleted_at, conversation.created_at, conversation.updated_at
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account JOIN (SELECT conversation.id AS id, conversation.title AS title, conversation.search_text AS search_text, conversation.client_id AS client_id, conversation.client_name AS client_name, conversation.last_message AS last_message, conversation.size AS size, conversation.turn_token AS turn_token, conversation.turn_started_at AS turn_started_at, conversation.deleted_at AS deleted_at, conversation.created_at AS created_at, conversation.updated_at AS updated_at
FROM conversation
WHERE conversation.user_id = $1::VARCHAR) AS conversation ON conversation.deleted_at IS NULL OR conversation.deleted_at > (SELECT clock_timestamp() - $2::INTERVAL AS anon_1)
WHERE conversation.id = $3::BIGINT;

-- conversations.records._TIMEZONE
-- $1 user_id
SELECT account.timezone
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account;

-- conversations.records._CONTEXT
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 client_id, $4 idempotency_key, $5 conversation_id, $6 clock_timestamp_2 = datetime.timedelta(days=30)
SELECT account.timezone, account.last_conversation, account.stored_bytes, account.erased_at, account.chat_day, account.chat_turns, account.chat_tokens, clock_timestamp() AS now, (SELECT conversation.deleted_at
FROM (SELECT conversation.id AS id, conversation.title AS title, conversation.search_text AS search_text, conversation.client_id AS client_id, conversation.client_name AS client_name, conversation.last_message AS last_message, conversation.size AS size, conversation.turn_token AS turn_token, conversation.turn_started_at AS turn_started_at, conversation.deleted_at AS deleted_at, conversation.created_at AS created_at, conversation.updated_at AS updated_at
FROM conversation
WHERE conversation.user_id = $1::VARCHAR) AS conversation
WHERE conversation.deleted_at <= (SELECT clock_timestamp() - $2::INTERVAL AS anon_1) ORDER BY conversation.deleted_at
 LIMIT 1) IS NOT NULL AS any_expired, by_key.conversation_id AS first_conversation, by_key.id AS first_message, by_key.request_hash AS first_hash, conversation.id, conversation.title, conversation.client_id, conversation.client_name, conversation.last_message, conversation.size, conversation.turn_token, conversation.turn_started_at, conversation.deleted_at, conversation.created_at, conversation.updated_at
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT message.conversation_id AS conversation_id, message.id AS id, message.role AS role, message.content AS content, message.parts AS parts, message.search_text AS search_text, message.size AS size, message.version AS version, message.reply_to AS reply_to, message.replaces AS replaces, message.failure AS failure, message.client_id AS client_id, message.client_name AS client_name, message.idempotency_key AS idempotency_key, message.request_hash AS request_hash, message.created_at AS created_at, message.updated_at AS updated_at
FROM message
WHERE message.user_id = $1::VARCHAR) AS by_key ON by_key.client_id = $3::VARCHAR AND by_key.idempotency_key = $4::VARCHAR LEFT OUTER JOIN (SELECT conversation.id AS id, conversation.title AS title, conversation.search_text AS search_text, conversation.client_id AS client_id, conversation.client_name AS client_name, conversation.last_message AS last_message, conversation.size AS size, conversation.turn_token AS turn_token, conversation.turn_started_at AS turn_started_at, conversation.deleted_at AS deleted_at, conversation.created_at AS created_at, conversation.updated_at AS updated_at
FROM conversation
WHERE conversation.user_id = $1::VARCHAR) AS conversation ON conversation.id = $5::BIGINT AND (conversation.deleted_at IS NULL OR conversation.deleted_at > (SELECT clock_timestamp() - $6::INTERVAL AS anon_2));

-- conversations.records._PURGE
-- $1 last_conversation, $2 grown, $3 user_id, $4 conversation_id
WITH write_0 AS
(DELETE FROM conversation WHERE conversation.user_id = $3::VARCHAR AND conversation.id = $4::BIGINT)
 UPDATE account SET last_conversation=$1::BIGINT, stored_bytes=(account.stored_bytes + $2::BIGINT) WHERE account.user_id = $3::VARCHAR;

-- conversations.service._CREATE
-- $1 last_conversation, $2 grown, $3 user_id, $4 conversation_id, $5 title, $6 search_text, $7 client_id, $8 client_name, $9 now
WITH write_0 AS
(INSERT INTO conversation (user_id, id, title, search_text, client_id, client_name, last_message, size, created_at, updated_at) VALUES ($3::VARCHAR, $4::BIGINT, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR, 0, $2::BIGINT, $9::TIMESTAMP WITH TIME ZONE, $9::TIMESTAMP WITH TIME ZONE))
 UPDATE account SET last_conversation=$1::BIGINT, stored_bytes=(account.stored_bytes + $2::BIGINT) WHERE account.user_id = $3::VARCHAR;

-- conversations.service._RENAME
-- $1 last_conversation, $2 grown, $3 title, $4 search_text, $5 user_id, $6 conversation_id
WITH write_0 AS
(UPDATE conversation SET title=$3::VARCHAR, search_text=$4::VARCHAR, size=(conversation.size + $2::BIGINT) WHERE conversation.user_id = $5::VARCHAR AND conversation.id = $6::BIGINT)
 UPDATE account SET last_conversation=$1::BIGINT, stored_bytes=(account.stored_bytes + $2::BIGINT) WHERE account.user_id = $5::VARCHAR;

-- conversations.service._MOVE
-- $1 last_conversation, $2 grown, $3 deleted_at, $4 user_id, $5 conversation_id
WITH write_0 AS
(UPDATE conversation SET deleted_at=$3::TIMESTAMP WITH TIME ZONE WHERE conversation.user_id = $4::VARCHAR AND conversation.id = $5::BIGINT)
 UPDATE account SET last_conversation=$1::BIGINT, stored_bytes=(account.stored_bytes + $2::BIGINT) WHERE account.user_id = $4::VARCHAR;

-- conversations.service._LATEST
-- $1 user_id, $2 client_id, $3 param_1 = 1
SELECT conversation.id, conversation.title, conversation.client_id, conversation.client_name, conversation.last_message, conversation.size, conversation.turn_token, conversation.turn_started_at, conversation.deleted_at, conversation.created_at, conversation.updated_at
FROM (SELECT conversation.id AS id, conversation.title AS title, conversation.search_text AS search_text, conversation.client_id AS client_id, conversation.client_name AS client_name, conversation.last_message AS last_message, conversation.size AS size, conversation.turn_token AS turn_token, conversation.turn_started_at AS turn_started_at, conversation.deleted_at AS deleted_at, conversation.created_at AS created_at, conversation.updated_at AS updated_at
FROM conversation
WHERE conversation.user_id = $1::VARCHAR) AS conversation
WHERE conversation.client_id = $2::VARCHAR AND conversation.deleted_at IS NULL ORDER BY conversation.updated_at DESC, conversation.id DESC
 LIMIT $3::INTEGER;

-- data.isolation._LAST_EVENT
-- $1 user_id
SELECT account.last_event FROM account WHERE account.user_id = $1::VARCHAR;

-- ledger.event_times._FIRST_AT
-- $1 last_event_1 = 1, $2 user_id, $3 param_1 = 2, $4 time
WITH RECURSIVE search(earlier, later) AS
(SELECT CAST(0 AS BIGINT) AS earlier, account.last_event + $1::BIGINT AS later
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $2::VARCHAR) AS account UNION ALL SELECT CASE WHEN coalesce((SELECT event.at
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $2::VARCHAR) AS event
WHERE event.id = (search.earlier + search.later) / $3::BIGINT) < $4::TIMESTAMP WITH TIME ZONE, true) THEN (search.earlier + search.later) / $3::BIGINT ELSE search.earlier END AS anon_1, CASE WHEN coalesce((SELECT event.at
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $2::VARCHAR) AS event
WHERE event.id = (search.earlier + search.later) / $3::BIGINT) < $4::TIMESTAMP WITH TIME ZONE, true) THEN search.later ELSE (search.earlier + search.later) / $3::BIGINT END AS anon_2
FROM search
WHERE search.later - search.earlier > 1)
 SELECT search.later AS id
FROM search
WHERE search.later - search.earlier = 1;

-- ledger.history._OF_A_NUMBER
-- $1 user_id, $2 subject, $3 event_id, $4 key
SELECT event.id, event.at, event.before, event.after
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.subject = $2::VARCHAR AND event.id >= $3::BIGINT AND event.subject_id = $4::BIGINT ORDER BY event.id DESC;

-- ledger.history._OF_A_TEXT
-- $1 user_id, $2 subject, $3 event_id, $4 key
SELECT event.id, event.at, event.before, event.after
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.subject = $2::VARCHAR AND event.id >= $3::BIGINT AND event.subject_id IS NULL AND event.subject_key IS NOT DISTINCT FROM $4::VARCHAR ORDER BY event.id DESC;

-- ledger.listing._TAIL[True]
-- $1 user_id, $2 last_id, $3 rows
SELECT account.timezone, account.last_event, page.id, page.subject, page.subject_id, page.subject_key, page.call, page.kind, page.actor, page.client_id, page.client_name, page.conversation_id, page.message_id, page.at, page.before, page.after, page.idempotency_key, page.request_hash, page.undoes
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.id > $2::BIGINT ORDER BY event.id
 LIMIT $3::BIGINT) AS page ON true ORDER BY page.id;

-- ledger.listing._TAIL[False]
-- $1 user_id, $2 last_id, $3 subject_1 = 'agent', $4 rows
SELECT account.timezone, account.last_event, page.id, page.subject, page.subject_id, page.subject_key, page.call, page.kind, page.actor, page.client_id, page.client_name, page.conversation_id, page.message_id, page.at, page.before, page.after, page.idempotency_key, page.request_hash, page.undoes
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.id > $2::BIGINT AND event.subject != $3::VARCHAR ORDER BY event.id
 LIMIT $4::BIGINT) AS page ON true ORDER BY page.id;

-- ledger.statements.APPEND
-- $1 user_id, $2 event_id, $3 event_subject, $4 event_subject_id, $5 event_subject_key, $6 event_call, $7 event_kind, $8 event_actor, $9 event_client_id, $10 event_client_name, $11 event_conversation_id, $12 event_message_id, $13 event_at, $14 event_before, $15 event_after, $16 event_idempotency_key, $17 event_request_hash, $18 event_undoes
INSERT INTO event (user_id, id, subject, subject_id, subject_key, call, kind, actor, client_id, client_name, conversation_id, message_id, at, before, after, idempotency_key, request_hash, undoes) VALUES ($1::VARCHAR, $2::BIGINT, $3::VARCHAR, $4::BIGINT, $5::VARCHAR, $6::BIGINT, $7::VARCHAR, $8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::BIGINT, $12::BIGINT, $13::TIMESTAMP WITH TIME ZONE, $14::JSONB, $15::JSONB, $16::VARCHAR, $17::BYTEA, $18::BIGINT);

-- ledger.statements.COUNT
-- $1 account_last_event, $2 account_last_task, $3 account_pending, $4 account_completed, $5 user_id, $6 first, $7 account_quota_day, $8 account_quota_used
WITH looked_up AS MATERIALIZED
(SELECT coalesce(sum(coalesce(octet_length(CAST(event.before AS TEXT)), 0) + coalesce(octet_length(CAST(event.after AS TEXT)), 0)), 0) AS bytes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $5::VARCHAR) AS event
WHERE event.id >= $6::BIGINT)
 UPDATE account SET last_event=$1::BIGINT, last_task=$2::BIGINT, pending_count=(account.pending_count + $3::BIGINT), completed_count=(account.completed_count + $4::BIGINT), stored_bytes=(account.stored_bytes + (SELECT looked_up.bytes
FROM looked_up)), quota_day=$7::DATE, quota_used=$8::BIGINT WHERE account.user_id = $5::VARCHAR;

-- ledger.undo._CONTEXT_AND_EVENT
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 client_id, $4 idempotency_key, $5 undone
SELECT account.timezone, account.last_event, account.last_task, account.erased_at, account.pending_count + account.completed_count AS kept, account.stored_bytes, account.quota_day, account.quota_used, clock_timestamp() AS now, first.id AS first_event, first.subject AS first_subject, first.subject_id AS first_id, first.subject_key AS first_key, first.request_hash AS first_hash, (SELECT task.deleted_at
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.deleted_at <= (SELECT clock_timestamp() - $2::INTERVAL AS anon_1) ORDER BY task.deleted_at
 LIMIT 1) IS NOT NULL AS task_expired, undone.kind AS undone_kind, undone.subject AS undone_subject, undone.subject_id AS undone_id, undone.subject_key AS undone_key, undone.before AS undone_before, undone.after AS undone_after, undoing.id AS undoing_event, the_account.timezone AS account_timezone, agent.client_id AS agent_client_id, agent.name AS agent_name, agent.scopes AS agent_scopes, agent.revoked_at AS agent_revoked_at, task.id AS task_id, task.title AS task_title, task.description AS task_description, task.priority AS task_priority, task.due_on AS task_due_on, task.due_time AS task_due_time, task.due_zone AS task_due_zone, task.due_at AS task_due_at, task.tags AS task_tags, task.completed_at AS task_completed_at, task.deleted_at AS task_deleted_at, task.version AS task_version, task.created_at AS task_created_at, task.updated_at AS task_updated_at
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS first ON first.client_id = $3::VARCHAR AND first.idempotency_key = $4::VARCHAR LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS undone ON undone.id = $5::BIGINT LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS undoing ON undoing.undoes = undone.id LEFT OUTER JOIN (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS the_account ON undone.subject = 'account' LEFT OUTER JOIN (SELECT agent.client_id AS client_id, agent.name AS name, agent.scopes AS scopes, agent.bounded AS bounded, agent.valid_after AS valid_after, agent.expires_at AS expires_at, agent.revoked_at AS revoked_at, agent.last_used_at AS last_used_at, agent.created_at AS created_at
FROM agent
WHERE agent.user_id = $1::VARCHAR) AS agent ON undone.subject = 'agent' AND agent.client_id = undone.subject_key LEFT OUTER JOIN (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task ON undone.subject = 'task' AND task.id = undone.subject_id AND (task.deleted_at IS NULL OR task.deleted_at > (SELECT clock_timestamp() - $2::INTERVAL AS anon_1));

-- ledger.undo._CONTEXT
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 client_id, $4 idempotency_key
SELECT account.timezone, account.last_event, account.last_task, account.erased_at, account.pending_count + account.completed_count AS kept, account.stored_bytes, account.quota_day, account.quota_used, clock_timestamp() AS now, first.id AS first_event, first.subject AS first_subject, first.subject_id AS first_id, first.subject_key AS first_key, first.request_hash AS first_hash, (SELECT task.deleted_at
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.deleted_at <= (SELECT clock_timestamp() - $2::INTERVAL AS anon_1) ORDER BY task.deleted_at
 LIMIT 1) IS NOT NULL AS task_expired
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS first ON first.client_id = $3::VARCHAR AND first.idempotency_key = $4::VARCHAR;

-- ledger.undo._OF_CLIENT
-- $1 user_id, $2 by, $3 first, $4 last, $5 since
SELECT newest.id, newest.subject, newest.subject_id, newest.subject_key, newest.call, newest.kind, newest.actor, newest.client_id, newest.client_name, newest.conversation_id, newest.message_id, newest.at, newest.before, newest.after, newest.undoes, undoing.id AS undone_by
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.undoes AS undoes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.client_id = $2::VARCHAR AND event.id BETWEEN $3::BIGINT AND $4::BIGINT AND event.kind != 'purged' ORDER BY event.id DESC
 LIMIT 501) AS newest LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS undoing ON undoing.undoes = newest.id
WHERE newest.at >= $5::TIMESTAMP WITH TIME ZONE ORDER BY newest.id DESC;

-- ledger.undo._OF_CALL
-- $1 user_id, $2 call
SELECT called.id, called.subject, called.subject_id, called.subject_key, called.call, called.kind, called.actor, called.client_id, called.client_name, called.conversation_id, called.message_id, called.at, called.before, called.after, called.undoes, (SELECT undoing.id
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS undoing
WHERE undoing.undoes = called.id) AS undone_by
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.undoes AS undoes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.call = $2::BIGINT UNION ALL SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.undoes AS undoes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.id = $2::BIGINT AND event.call IS NULL
 LIMIT 501) AS called;

-- tasks.changes.TRASH[1]
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 param_1 = 20
SELECT task.id
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.deleted_at <= (SELECT clock_timestamp() - $2::INTERVAL AS anon_1) ORDER BY task.deleted_at
 LIMIT $3::INTEGER;

-- tasks.changes.TRASH[2][0]
-- $1 event_id, $2 account_last_task, $3 account_pending, $4 account_completed, $5 event_before, $6 event_after, $7 user_id, $8 event_subject_id, $9 account_quota_day, $10 account_quota_used, $11 event_subject, $12 event_subject_key, $13 event_call, $14 event_kind, $15 event_actor, $16 event_client_id, $17 event_client_name, $18 event_conversation_id, $19 event_message_id, $20 event_at, $21 event_idempotency_key, $22 event_request_hash, $23 event_undoes
WITH looked_up AS MATERIALIZED
(SELECT coalesce(sum(coalesce(octet_length(CAST(event.before AS TEXT)), 0) + coalesce(octet_length(CAST(event.after AS TEXT)), 0)), 0) AS bytes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $7::VARCHAR) AS event
WHERE event.subject_id = $8::BIGINT AND event.subject = 'task'),
appended AS
(INSERT INTO event (user_id, id, subject, subject_id, subject_key, call, kind, actor, client_id, client_name, conversation_id, message_id, at, before, after, idempotency_key, request_hash, undoes) VALUES ($7::VARCHAR, $1::BIGINT, $11::VARCHAR, $8::BIGINT, $12::VARCHAR, $13::BIGINT, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::BIGINT, $19::BIGINT, $20::TIMESTAMP WITH TIME ZONE, $5::JSONB, $6::JSONB, $21::VARCHAR, $22::BYTEA, $23::BIGINT)),
write_0 AS
(DELETE FROM task WHERE task.user_id = $7::VARCHAR AND task.id = $8::BIGINT),
write_1 AS
(UPDATE event SET before=NULL, after=NULL, request_hash=NULL WHERE event.user_id = $7::VARCHAR AND event.subject_id = $8::BIGINT AND event.subject = 'task' AND event.id < $1::BIGINT)
 UPDATE account SET last_event=$1::BIGINT, last_task=$2::BIGINT, pending_count=(account.pending_count + $3::BIGINT), completed_count=(account.completed_count + $4::BIGINT), stored_bytes=((account.stored_bytes + coalesce(octet_length(CAST($5::JSONB AS TEXT)), 0) + coalesce(octet_length(CAST($6::JSONB AS TEXT)), 0)) - (SELECT looked_up.bytes
FROM looked_up)), quota_day=$9::DATE, quota_used=$10::BIGINT WHERE account.user_id = $7::VARCHAR;

-- tasks.changes.TRASH[2][1]
-- $1 user_id, $2 id
WITH looked_up AS MATERIALIZED
(SELECT coalesce(sum(coalesce(octet_length(CAST(event.before AS TEXT)), 0) + coalesce(octet_length(CAST(event.after AS TEXT)), 0)), 0) AS bytes
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event
WHERE event.subject_id = $2::BIGINT AND event.subject = 'task'),
write_0 AS
(DELETE FROM task WHERE task.user_id = $1::VARCHAR AND task.id = $2::BIGINT),
write_1 AS
(UPDATE event SET before=NULL, after=NULL, request_hash=NULL WHERE event.user_id = $1::VARCHAR AND event.subject_id = $2::BIGINT AND event.subject = 'task')
 UPDATE account SET stored_bytes=(account.stored_bytes - (SELECT looked_up.bytes
FROM looked_up)) WHERE account.user_id = $1::VARCHAR;

-- tasks.changes.CONTEXT_AND_TASK
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 client_id, $4 idempotency_key, $5 task_id
SELECT account.timezone, account.last_event, account.last_task, account.erased_at, account.pending_count + account.completed_count AS kept, account.stored_bytes, account.quota_day, account.quota_used, clock_timestamp() AS now, first.id AS first_event, first.subject AS first_subject, first.subject_id AS first_id, first.subject_key AS first_key, first.request_hash AS first_hash, (SELECT task.deleted_at
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.deleted_at <= (SELECT clock_timestamp() - $2::INTERVAL AS anon_1) ORDER BY task.deleted_at
 LIMIT 1) IS NOT NULL AS task_expired, task.id, task.title, task.description, task.priority, task.due_on, task.due_time, task.due_zone, task.due_at, task.tags, task.completed_at, task.deleted_at, task.version, task.created_at, task.updated_at
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS first ON first.client_id = $3::VARCHAR AND first.idempotency_key = $4::VARCHAR LEFT OUTER JOIN (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task ON task.id = $5::BIGINT AND (task.deleted_at IS NULL OR task.deleted_at > (SELECT clock_timestamp() - $2::INTERVAL AS anon_1));

-- tasks.floating._FLOATING
-- $1 user_id
SELECT DISTINCT task.due_on, task.due_time
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.due_on IS NOT NULL AND task.due_zone IS NULL;

-- tasks.floating._MOVE
-- $1 days, $2 times, $3 instants, $4 user_id
UPDATE task SET due_at=moved.instant FROM unnest($1::DATE[], $2::TIME WITHOUT TIME ZONE[], $3::TIMESTAMP WITH TIME ZONE[]) AS moved(day, clock, instant) WHERE task.user_id = $4::VARCHAR AND task.due_on = moved.day AND task.due_time IS NOT DISTINCT FROM moved.clock AND task.due_zone IS NULL;

-- tasks.listing._TIMEZONE
-- $1 user_id
SELECT account.timezone
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account;

-- tasks.purge.IN_TRASH
-- $1 user_id, $2 up_to, $3 param_1 = 101
SELECT task.id
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.deleted_at IS NOT NULL AND task.version <= $2::BIGINT ORDER BY task.deleted_at
 LIMIT $3::INTEGER;

-- tasks.resources._IDS
-- $1 first, $2 last, $3 user_id, $4 clock_timestamp_1 = datetime.timedelta(days=30)
SELECT of_range.id
FROM unnest($1::BIGINT[], $2::BIGINT[]) AS range(first, last) JOIN LATERAL (SELECT task.id AS id
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $3::VARCHAR) AS task
WHERE task.id BETWEEN range.first AND range.last AND (task.deleted_at IS NULL OR task.deleted_at > (SELECT clock_timestamp() - $4::INTERVAL AS anon_1)) ORDER BY task.id DESC
 LIMIT 101) AS of_range ON true ORDER BY of_range.id DESC
 LIMIT 101;

-- tasks.service._CONTEXT_AND_DUPLICATE
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 client_id, $4 idempotency_key, $5 request_hash, $6 window
SELECT account.timezone, account.last_event, account.last_task, account.erased_at, account.pending_count + account.completed_count AS kept, account.stored_bytes, account.quota_day, account.quota_used, clock_timestamp() AS now, first.id AS first_event, first.subject AS first_subject, first.subject_id AS first_id, first.subject_key AS first_key, first.request_hash AS first_hash, (SELECT task.deleted_at
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.deleted_at <= (SELECT clock_timestamp() - $2::INTERVAL AS anon_1) ORDER BY task.deleted_at
 LIMIT 1) IS NOT NULL AS task_expired, task.id, task.title, task.description, task.priority, task.due_on, task.due_time, task.due_zone, task.due_at, task.tags, task.completed_at, task.deleted_at, task.version, task.created_at, task.updated_at
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS first ON first.client_id = $3::VARCHAR AND first.idempotency_key = $4::VARCHAR LEFT OUTER JOIN (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task ON task.version = (SELECT latest_duplicate.id
FROM (SELECT duplicate.id AS id, duplicate.at AS at
FROM (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS duplicate
WHERE duplicate.client_id = $3::VARCHAR AND duplicate.request_hash = $5::BYTEA AND duplicate.kind = 'created' ORDER BY duplicate.request_hash DESC, duplicate.id DESC
 LIMIT 1) AS latest_duplicate
WHERE latest_duplicate.at > clock_timestamp() - $6::INTERVAL) AND task.status = 0;

-- tasks.service._CREATE[0]
-- $1 event_id, $2 account_last_task, $3 account_pending, $4 account_completed, $5 event_before, $6 event_after, $7 account_quota_day, $8 account_quota_used, $9 user_id, $10 event_subject, $11 event_subject_id, $12 event_subject_key, $13 event_call, $14 event_kind, $15 event_actor, $16 event_client_id, $17 event_client_name, $18 event_conversation_id, $19 event_message_id, $20 event_at, $21 event_idempotency_key, $22 event_request_hash, $23 event_undoes, $24 title, $25 description, $26 priority, $27 due_on, $28 due_time, $29 due_zone, $30 due_at, $31 tags, $32 sort_title, $33 search_text, $34 search_tags, $35 completed_at, $36 deleted_at
WITH appended AS
(INSERT INTO event (user_id, id, subject, subject_id, subject_key, call, kind, actor, client_id, client_name, conversation_id, message_id, at, before, after, idempotency_key, request_hash, undoes) VALUES ($9::VARCHAR, $1::BIGINT, $10::VARCHAR, $11::BIGINT, $12::VARCHAR, $13::BIGINT, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::BIGINT, $19::BIGINT, $20::TIMESTAMP WITH TIME ZONE, $5::JSONB, $6::JSONB, $21::VARCHAR, $22::BYTEA, $23::BIGINT)),
write_0 AS
(INSERT INTO task (user_id, id, title, description, priority, due_on, due_time, due_zone, due_at, tags, sort_title, search_text, search_tags, completed_at, deleted_at, version, created_at, updated_at) VALUES ($9::VARCHAR, $11::BIGINT, $24::VARCHAR, $25::VARCHAR, $26::SMALLINT, $27::DATE, $28::TIME WITHOUT TIME ZONE, $29::VARCHAR, $30::TIMESTAMP WITH TIME ZONE, $31::TEXT[], $32::VARCHAR COLLATE "C", $33::VARCHAR, $34::TEXT[], $35::TIMESTAMP WITH TIME ZONE, $36::TIMESTAMP WITH TIME ZONE, $1::BIGINT, $20::TIMESTAMP WITH TIME ZONE, $20::TIMESTAMP WITH TIME ZONE))
 UPDATE account SET last_event=$1::BIGINT, last_task=$2::BIGINT, pending_count=(account.pending_count + $3::BIGINT), completed_count=(account.completed_count + $4::BIGINT), stored_bytes=(account.stored_bytes + coalesce(octet_length(CAST($5::JSONB AS TEXT)), 0) + coalesce(octet_length(CAST($6::JSONB AS TEXT)), 0)), quota_day=$7::DATE, quota_used=$8::BIGINT WHERE account.user_id = $9::VARCHAR;

-- tasks.service._CREATE[1]
-- $1 user_id, $2 id, $3 title, $4 description, $5 priority, $6 due_on, $7 due_time, $8 due_zone, $9 due_at, $10 tags, $11 sort_title, $12 search_text, $13 search_tags, $14 completed_at, $15 deleted_at, $16 version, $17 created_at, $18 updated_at
INSERT INTO task (user_id, id, title, description, priority, due_on, due_time, due_zone, due_at, tags, sort_title, search_text, search_tags, completed_at, deleted_at, version, created_at, updated_at) VALUES ($1::VARCHAR, $2::BIGINT, $3::VARCHAR, $4::VARCHAR, $5::SMALLINT, $6::DATE, $7::TIME WITHOUT TIME ZONE, $8::VARCHAR, $9::TIMESTAMP WITH TIME ZONE, $10::TEXT[], $11::VARCHAR COLLATE "C", $12::VARCHAR, $13::TEXT[], $14::TIMESTAMP WITH TIME ZONE, $15::TIMESTAMP WITH TIME ZONE, $16::BIGINT, $17::TIMESTAMP WITH TIME ZONE, $18::TIMESTAMP WITH TIME ZONE);

-- tasks.service._TASK
-- $1 user_id, $2 clock_timestamp_1 = datetime.timedelta(days=30), $3 task_id
SELECT account.timezone, task.id, task.title, task.description, task.priority, task.due_on, task.due_time, task.due_zone, task.due_at, task.tags, task.completed_at, task.deleted_at, task.version, task.created_at, task.updated_at
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account JOIN (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task ON task.deleted_at IS NULL OR task.deleted_at > (SELECT clock_timestamp() - $2::INTERVAL AS anon_1)
WHERE task.id = $3::BIGINT;

-- tasks.subject._LOAD
-- $1 keys, $2 user_id, $3 clock_timestamp_1 = datetime.timedelta(days=30)
SELECT of_key.id, of_key.title, of_key.description, of_key.priority, of_key.due_on, of_key.due_time, of_key.due_zone, of_key.due_at, of_key.tags, of_key.completed_at, of_key.deleted_at, of_key.version, of_key.created_at, of_key.updated_at
FROM unnest($1::BIGINT[]) AS wanted(key) JOIN LATERAL (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE (task.deleted_at IS NULL OR task.deleted_at > (SELECT clock_timestamp() - $3::INTERVAL AS anon_1)) AND task.id = wanted.key
 LIMIT 1) AS of_key ON true;

-- tasks.subject._AMONG
-- $1 title, $2 description, $3 priority, $4 due_on, $5 due_time, $6 due_zone, $7 due_at, $8 tags, $9 sort_title, $10 search_text, $11 search_tags, $12 completed_at, $13 deleted_at, $14 version, $15 updated_at, $16 user_id, $17 id
UPDATE task SET title=$1::VARCHAR, description=$2::VARCHAR, priority=$3::SMALLINT, due_on=$4::DATE, due_time=$5::TIME WITHOUT TIME ZONE, due_zone=$6::VARCHAR, due_at=$7::TIMESTAMP WITH TIME ZONE, tags=$8::TEXT[], sort_title=$9::VARCHAR COLLATE "C", search_text=$10::VARCHAR, search_tags=$11::TEXT[], completed_at=$12::TIMESTAMP WITH TIME ZONE, deleted_at=$13::TIMESTAMP WITH TIME ZONE, version=$14::BIGINT, updated_at=$15::TIMESTAMP WITH TIME ZONE WHERE task.user_id = $16::VARCHAR AND task.id = $17::BIGINT;

-- tasks.subject.SAVE[0]
-- $1 event_id, $2 account_last_task, $3 account_pending, $4 account_completed, $5 event_before, $6 event_after, $7 account_quota_day, $8 account_quota_used, $9 user_id, $10 event_subject, $11 event_subject_id, $12 event_subject_key, $13 event_call, $14 event_kind, $15 event_actor, $16 event_client_id, $17 event_client_name, $18 event_conversation_id, $19 event_message_id, $20 event_at, $21 event_idempotency_key, $22 event_request_hash, $23 event_undoes, $24 title, $25 description, $26 priority, $27 due_on, $28 due_time, $29 due_zone, $30 due_at, $31 tags, $32 completed_at, $33 deleted_at
WITH appended AS
(INSERT INTO event (user_id, id, subject, subject_id, subject_key, call, kind, actor, client_id, client_name, conversation_id, message_id, at, before, after, idempotency_key, request_hash, undoes) VALUES ($9::VARCHAR, $1::BIGINT, $10::VARCHAR, $11::BIGINT, $12::VARCHAR, $13::BIGINT, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::BIGINT, $19::BIGINT, $20::TIMESTAMP WITH TIME ZONE, $5::JSONB, $6::JSONB, $21::VARCHAR, $22::BYTEA, $23::BIGINT)),
write_0 AS
(UPDATE task SET title=$24::VARCHAR, description=$25::VARCHAR, priority=$26::SMALLINT, due_on=$27::DATE, due_time=$28::TIME WITHOUT TIME ZONE, due_zone=$29::VARCHAR, due_at=$30::TIMESTAMP WITH TIME ZONE, tags=$31::TEXT[], completed_at=$32::TIMESTAMP WITH TIME ZONE, deleted_at=$33::TIMESTAMP WITH TIME ZONE, version=$1::BIGINT, updated_at=$20::TIMESTAMP WITH TIME ZONE WHERE task.user_id = $9::VARCHAR AND task.id = $11::BIGINT)
 UPDATE account SET last_event=$1::BIGINT, last_task=$2::BIGINT, pending_count=(account.pending_count + $3::BIGINT), completed_count=(account.completed_count + $4::BIGINT), stored_bytes=(account.stored_bytes + coalesce(octet_length(CAST($5::JSONB AS TEXT)), 0) + coalesce(octet_length(CAST($6::JSONB AS TEXT)), 0)), quota_day=$7::DATE, quota_used=$8::BIGINT WHERE account.user_id = $9::VARCHAR;

-- tasks.subject.SAVE_WORDS[0]
-- $1 event_id, $2 account_last_task, $3 account_pending, $4 account_completed, $5 event_before, $6 event_after, $7 account_quota_day, $8 account_quota_used, $9 user_id, $10 event_subject, $11 event_subject_id, $12 event_subject_key, $13 event_call, $14 event_kind, $15 event_actor, $16 event_client_id, $17 event_client_name, $18 event_conversation_id, $19 event_message_id, $20 event_at, $21 event_idempotency_key, $22 event_request_hash, $23 event_undoes, $24 title, $25 description, $26 priority, $27 due_on, $28 due_time, $29 due_zone, $30 due_at, $31 tags, $32 sort_title, $33 search_text, $34 search_tags, $35 completed_at, $36 deleted_at
WITH appended AS
(INSERT INTO event (user_id, id, subject, subject_id, subject_key, call, kind, actor, client_id, client_name, conversation_id, message_id, at, before, after, idempotency_key, request_hash, undoes) VALUES ($9::VARCHAR, $1::BIGINT, $10::VARCHAR, $11::BIGINT, $12::VARCHAR, $13::BIGINT, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::BIGINT, $19::BIGINT, $20::TIMESTAMP WITH TIME ZONE, $5::JSONB, $6::JSONB, $21::VARCHAR, $22::BYTEA, $23::BIGINT)),
write_0 AS
(UPDATE task SET title=$24::VARCHAR, description=$25::VARCHAR, priority=$26::SMALLINT, due_on=$27::DATE, due_time=$28::TIME WITHOUT TIME ZONE, due_zone=$29::VARCHAR, due_at=$30::TIMESTAMP WITH TIME ZONE, tags=$31::TEXT[], sort_title=$32::VARCHAR COLLATE "C", search_text=$33::VARCHAR, search_tags=$34::TEXT[], completed_at=$35::TIMESTAMP WITH TIME ZONE, deleted_at=$36::TIMESTAMP WITH TIME ZONE, version=$1::BIGINT, updated_at=$20::TIMESTAMP WITH TIME ZONE WHERE task.user_id = $9::VARCHAR AND task.id = $11::BIGINT)
 UPDATE account SET last_event=$1::BIGINT, last_task=$2::BIGINT, pending_count=(account.pending_count + $3::BIGINT), completed_count=(account.completed_count + $4::BIGINT), stored_bytes=(account.stored_bytes + coalesce(octet_length(CAST($5::JSONB AS TEXT)), 0) + coalesce(octet_length(CAST($6::JSONB AS TEXT)), 0)), quota_day=$7::DATE, quota_used=$8::BIGINT WHERE account.user_id = $9::VARCHAR;

-- webhooks.service._ALL
-- $1 user_id
SELECT webhook.id, webhook.url, webhook.salt, webhook.earlier_salt, webhook.earlier_until, webhook.paused_at, webhook.paused_because, webhook.created_at, delivery.after_id, delivery.due_at, delivery.claim, delivery.replaying, delivery.attempts, delivery.failing_since, delivery.last_at, delivery.last_status, delivery.last_problem, (SELECT count(*) AS count_1
FROM (SELECT undelivered.webhook_id AS webhook_id, undelivered.event_id AS event_id, undelivered.problem AS problem, undelivered.status AS status, undelivered.given_up_at AS given_up_at, undelivered.replaying AS replaying
FROM undelivered
WHERE undelivered.user_id = $1::VARCHAR) AS undelivered
WHERE undelivered.webhook_id = webhook.id) AS undelivered
FROM (SELECT webhook.id AS id, webhook.url AS url, webhook.salt AS salt, webhook.earlier_salt AS earlier_salt, webhook.earlier_until AS earlier_until, webhook.paused_at AS paused_at, webhook.paused_because AS paused_because, webhook.created_at AS created_at
FROM webhook
WHERE webhook.user_id = $1::VARCHAR) AS webhook JOIN (SELECT delivery.webhook_id AS webhook_id, delivery.after_id AS after_id, delivery.due_at AS due_at, delivery.claim AS claim, delivery.replaying AS replaying, delivery.attempts AS attempts, delivery.failing_since AS failing_since, delivery.last_at AS last_at, delivery.last_status AS last_status, delivery.last_problem AS last_problem
FROM delivery
WHERE delivery.user_id = $1::VARCHAR) AS delivery ON delivery.webhook_id = webhook.id ORDER BY webhook.created_at, webhook.id;

-- webhooks.service._ONE
-- $1 user_id, $2 webhook_id
SELECT webhook.id, webhook.url, webhook.salt, webhook.earlier_salt, webhook.earlier_until, webhook.paused_at, webhook.paused_because, webhook.created_at, delivery.after_id, delivery.due_at, delivery.claim, delivery.replaying, delivery.attempts, delivery.failing_since, delivery.last_at, delivery.last_status, delivery.last_problem, (SELECT count(*) AS count_1
FROM (SELECT undelivered.webhook_id AS webhook_id, undelivered.event_id AS event_id, undelivered.problem AS problem, undelivered.status AS status, undelivered.given_up_at AS given_up_at, undelivered.replaying AS replaying
FROM undelivered
WHERE undelivered.user_id = $1::VARCHAR) AS undelivered
WHERE undelivered.webhook_id = webhook.id) AS undelivered
FROM (SELECT webhook.id AS id, webhook.url AS url, webhook.salt AS salt, webhook.earlier_salt AS earlier_salt, webhook.earlier_until AS earlier_until, webhook.paused_at AS paused_at, webhook.paused_because AS paused_because, webhook.created_at AS created_at
FROM webhook
WHERE webhook.user_id = $1::VARCHAR) AS webhook JOIN (SELECT delivery.webhook_id AS webhook_id, delivery.after_id AS after_id, delivery.due_at AS due_at, delivery.claim AS claim, delivery.replaying AS replaying, delivery.attempts AS attempts, delivery.failing_since AS failing_since, delivery.last_at AS last_at, delivery.last_status AS last_status, delivery.last_problem AS last_problem
FROM delivery
WHERE delivery.user_id = $1::VARCHAR) AS delivery ON delivery.webhook_id = webhook.id
WHERE webhook.id = $2::VARCHAR;

-- webhooks.service._ADD
-- $1 user_id, $2 webhook_id, $3 url, $4 salt, $5 now
INSERT INTO webhook (user_id, id, url, salt, created_at) VALUES ($1::VARCHAR, $2::VARCHAR, $3::VARCHAR, $4::BYTEA, $5::TIMESTAMP WITH TIME ZONE);

-- webhooks.service._ADD_DELIVERY
-- $1 user_id, $2 webhook_id, $3 after_id, $4 due_at, $5 replaying = False, $6 attempts = 0
INSERT INTO delivery (user_id, webhook_id, after_id, due_at, replaying, attempts) VALUES ($1::VARCHAR, $2::VARCHAR, $3::BIGINT, $4::TIMESTAMP WITH TIME ZONE, $5::BOOLEAN, $6::INTEGER);

-- webhooks.service._CHANGE
-- $1 url, $2 paused_at, $3 paused_because, $4 user_id, $5 webhook_id
UPDATE webhook SET url=$1::VARCHAR, paused_at=$2::TIMESTAMP WITH TIME ZONE, paused_because=$3::VARCHAR WHERE webhook.user_id = $4::VARCHAR AND webhook.id = $5::VARCHAR;

-- webhooks.service._ROTATE
-- $1 salt, $2 earlier_until, $3 user_id, $4 webhook_id
UPDATE webhook SET salt=$1::BYTEA, earlier_salt=webhook.salt, earlier_until=$2::TIMESTAMP WITH TIME ZONE WHERE webhook.user_id = $3::VARCHAR AND webhook.id = $4::VARCHAR;

-- webhooks.service._RESTART
-- $1 after_id, $2 due_at, $3 claim = None, $4 replaying, $5 attempts = 0, $6 failing_since = None, $7 user_id, $8 webhook_id
UPDATE delivery SET after_id=$1::BIGINT, due_at=$2::TIMESTAMP WITH TIME ZONE, claim=$3::VARCHAR, replaying=$4::BOOLEAN, attempts=$5::INTEGER, failing_since=$6::TIMESTAMP WITH TIME ZONE WHERE delivery.user_id = $7::VARCHAR AND delivery.webhook_id = $8::VARCHAR;

-- webhooks.service._MARK
-- $1 replaying = True, $2 user_id, $3 webhook_id
UPDATE undelivered SET replaying=$1::BOOLEAN WHERE undelivered.user_id = $2::VARCHAR AND undelivered.webhook_id = $3::VARCHAR;

-- webhooks.service._FORGET_LATER
-- $1 user_id, $2 webhook_id, $3 after_id
DELETE FROM undelivered WHERE undelivered.user_id = $1::VARCHAR AND undelivered.webhook_id = $2::VARCHAR AND undelivered.event_id > $3::BIGINT;

-- webhooks.service._UNDELIVERED
-- $1 user_id, $2 webhook_id
SELECT undelivered.webhook_id, undelivered.event_id, undelivered.problem, undelivered.status, undelivered.given_up_at, undelivered.replaying
FROM (SELECT undelivered.webhook_id AS webhook_id, undelivered.event_id AS event_id, undelivered.problem AS problem, undelivered.status AS status, undelivered.given_up_at AS given_up_at, undelivered.replaying AS replaying
FROM undelivered
WHERE undelivered.user_id = $1::VARCHAR) AS undelivered
WHERE undelivered.webhook_id = $2::VARCHAR ORDER BY undelivered.event_id;

-- webhooks.service._REMOVE
-- $1 user_id, $2 webhook_id
DELETE FROM webhook WHERE webhook.user_id = $1::VARCHAR AND webhook.id = $2::VARCHAR;

-- webhooks.steps._ACCOUNT
-- $1 user_id
SELECT account.timezone, account.erased_at
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account;

-- webhooks.steps._DUE
-- $1 user_id
SELECT webhook.id, webhook.url, webhook.salt, webhook.earlier_salt, webhook.earlier_until, webhook.paused_at, webhook.paused_because, webhook.created_at, delivery.after_id, delivery.replaying, statement_timestamp() AS now
FROM (SELECT webhook.id AS id, webhook.url AS url, webhook.salt AS salt, webhook.earlier_salt AS earlier_salt, webhook.earlier_until AS earlier_until, webhook.paused_at AS paused_at, webhook.paused_because AS paused_because, webhook.created_at AS created_at
FROM webhook
WHERE webhook.user_id = $1::VARCHAR) AS webhook JOIN (SELECT delivery.webhook_id AS webhook_id, delivery.after_id AS after_id, delivery.due_at AS due_at, delivery.claim AS claim, delivery.replaying AS replaying, delivery.attempts AS attempts, delivery.failing_since AS failing_since, delivery.last_at AS last_at, delivery.last_status AS last_status, delivery.last_problem AS last_problem
FROM delivery
WHERE delivery.user_id = $1::VARCHAR) AS delivery ON delivery.webhook_id = webhook.id
WHERE delivery.due_at <= statement_timestamp() ORDER BY webhook.id;

-- webhooks.steps._TAKE
-- $1 due_at, $2 claim, $3 user_id, $4 webhook_id
UPDATE delivery SET due_at=$1::TIMESTAMP WITH TIME ZONE, claim=$2::VARCHAR WHERE delivery.user_id = $3::VARCHAR AND delivery.webhook_id = $4::VARCHAR;

-- webhooks.steps._REPEATED
-- $1 user_id, $2 webhook_id
SELECT event.id, event.subject, event.subject_id, event.subject_key, event.call, event.kind, event.actor, event.client_id, event.client_name, event.conversation_id, event.message_id, event.at, event.before, event.after, event.idempotency_key, event.request_hash, event.undoes
FROM (SELECT undelivered.webhook_id AS webhook_id, undelivered.event_id AS event_id, undelivered.problem AS problem, undelivered.status AS status, undelivered.given_up_at AS given_up_at, undelivered.replaying AS replaying
FROM undelivered
WHERE undelivered.user_id = $1::VARCHAR) AS undelivered JOIN (SELECT event.id AS id, event.subject AS subject, event.subject_id AS subject_id, event.subject_key AS subject_key, event.call AS call, event.kind AS kind, event.actor AS actor, event.client_id AS client_id, event.client_name AS client_name, event.conversation_id AS conversation_id, event.message_id AS message_id, event.at AS at, event.before AS before, event.after AS after, event.idempotency_key AS idempotency_key, event.request_hash AS request_hash, event.undoes AS undoes
FROM event
WHERE event.user_id = $1::VARCHAR) AS event ON event.id = undelivered.event_id
WHERE undelivered.webhook_id = $2::VARCHAR AND undelivered.replaying ORDER BY event.id
 LIMIT 20;

-- webhooks.steps._CLAIMED
-- $1 user_id, $2 webhook_id, $3 claim
SELECT delivery.webhook_id, delivery.after_id, delivery.due_at, delivery.claim, delivery.replaying, delivery.attempts, delivery.failing_since, delivery.last_at, delivery.last_status, delivery.last_problem, statement_timestamp() AS now
FROM (SELECT delivery.webhook_id AS webhook_id, delivery.after_id AS after_id, delivery.due_at AS due_at, delivery.claim AS claim, delivery.replaying AS replaying, delivery.attempts AS attempts, delivery.failing_since AS failing_since, delivery.last_at AS last_at, delivery.last_status AS last_status, delivery.last_problem AS last_problem
FROM delivery
WHERE delivery.user_id = $1::VARCHAR) AS delivery
WHERE delivery.webhook_id = $2::VARCHAR AND delivery.claim = $3::VARCHAR;

-- webhooks.steps._SAVE
-- $1 after_id, $2 due_at, $3 claim, $4 replaying, $5 attempts, $6 failing_since, $7 last_at, $8 last_status, $9 last_problem, $10 user_id, $11 webhook_id
UPDATE delivery SET after_id=$1::BIGINT, due_at=$2::TIMESTAMP WITH TIME ZONE, claim=$3::VARCHAR, replaying=$4::BOOLEAN, attempts=$5::INTEGER, failing_since=$6::TIMESTAMP WITH TIME ZONE, last_at=$7::TIMESTAMP WITH TIME ZONE, last_status=$8::INTEGER, last_problem=$9::VARCHAR WHERE delivery.user_id = $10::VARCHAR AND delivery.webhook_id = $11::VARCHAR;

-- webhooks.steps._PAUSE
-- $1 paused_because, $2 user_id, $3 webhook_id
UPDATE webhook SET paused_at=statement_timestamp(), paused_because=$1::VARCHAR WHERE webhook.user_id = $2::VARCHAR AND webhook.id = $3::VARCHAR;

-- webhooks.steps._END_REPLAY
-- $1 replaying = False, $2 user_id, $3 webhook_id
UPDATE delivery SET replaying=$1::BOOLEAN WHERE delivery.user_id = $2::VARCHAR AND delivery.webhook_id = $3::VARCHAR;

-- webhooks.steps._UNMARK
-- $1 replaying = False, $2 user_id, $3 webhook_id
UPDATE undelivered SET replaying=$1::BOOLEAN WHERE undelivered.user_id = $2::VARCHAR AND undelivered.webhook_id = $3::VARCHAR;

-- webhooks.steps._GIVE_UP
-- $1 user_id, $2 webhook_id, $3 event_id, $4 problem, $5 status, $6 replaying = False
INSERT INTO undelivered (user_id, webhook_id, event_id, problem, status, given_up_at, replaying) VALUES ($1::VARCHAR, $2::VARCHAR, $3::BIGINT, $4::VARCHAR, $5::INTEGER, statement_timestamp(), $6::BOOLEAN) ON CONFLICT DO NOTHING;

-- webhooks.steps._DELIVERED
-- $1 user_id, $2 webhook_id, $3 event_id
DELETE FROM undelivered WHERE undelivered.user_id = $1::VARCHAR AND undelivered.webhook_id = $2::VARCHAR AND undelivered.event_id = $3::BIGINT;

-- webhooks.steps._KEEP_NEWEST
-- $1 user_id, $2 webhook_id
DELETE FROM undelivered WHERE undelivered.user_id = $1::VARCHAR AND undelivered.webhook_id = $2::VARCHAR AND undelivered.event_id IN (SELECT undelivered.event_id
FROM (SELECT undelivered.webhook_id AS webhook_id, undelivered.event_id AS event_id, undelivered.problem AS problem, undelivered.status AS status, undelivered.given_up_at AS given_up_at, undelivered.replaying AS replaying
FROM undelivered
WHERE undelivered.user_id = $1::VARCHAR) AS undelivered
WHERE undelivered.webhook_id = $2::VARCHAR ORDER BY undelivered.event_id DESC
 LIMIT ALL OFFSET 100);

-- tasks.selection.page(all)
-- $1 user_id, $2 left_1 = 201, $3 rows
SELECT account.timezone, account.pending_count + account.completed_count AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 0 ORDER BY task.id
 LIMIT 201) UNION ALL (SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 1 ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $3::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(pending)
-- $1 user_id, $2 left_1 = 201, $3 rows
SELECT account.timezone, account.pending_count AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 0 ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $3::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(completed)
-- $1 user_id, $2 left_1 = 201, $3 rows
SELECT account.timezone, account.completed_count AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 1 ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $3::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(deleted)
-- $1 left_1 = 201, $2 user_id, $3 clock_timestamp_1 = datetime.timedelta(days=30), $4 rows
WITH found AS
(SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status IN (2) AND task.deleted_at > (SELECT clock_timestamp() - $3::INTERVAL AS anon_1)
 LIMIT 1001)
 SELECT account.timezone, (SELECT count(*) AS count_1
FROM found) AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $2::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT found.id AS id, found.title AS title, found.description AS description, found.priority AS priority, found.due_on AS due_on, found.due_time AS due_time, found.due_zone AS due_zone, found.due_at AS due_at, found.tags AS tags, found.completed_at AS completed_at, found.deleted_at AS deleted_at, found.version AS version, found.sort_key AS sort_key
FROM found
WHERE (SELECT count(*) AS count_1
FROM found) <= 1000 ORDER BY found.sort_key
 LIMIT 201) UNION ALL (SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status = 2 AND (SELECT count(*) AS count_1
FROM found) > 1000 AND task.deleted_at > (SELECT clock_timestamp() - $3::INTERVAL AS anon_1) ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $4::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(pending, sort=created, second page)
-- $1 user_id, $2 left_1 = 201, $3 last_key, $4 rows
SELECT account.timezone, account.pending_count AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 0 AND task.id > $3::BIGINT ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $4::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(pending, sort=due, second page)
-- $1 user_id, $2 left_1 = 201, $3 last_key, $4 last_id, $5 rows
SELECT account.timezone, account.pending_count AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.sort_due AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 0 AND (task.sort_due, task.id) > ($3::TIMESTAMP WITH TIME ZONE, $4::BIGINT) ORDER BY task.sort_due, task.id
 LIMIT 201)) AS each ORDER BY each.sort_key, each.id
 LIMIT $5::BIGINT) AS page ON true ORDER BY page.sort_key, page.id;

-- tasks.selection.page(pending, sort=priority, second page)
-- $1 user_id, $2 left_1 = 201, $3 last_key, $4 last_id, $5 rows
SELECT account.timezone, account.pending_count AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.sort_priority AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 0 AND (task.sort_priority, task.id) > ($3::SMALLINT, $4::BIGINT) ORDER BY task.sort_priority, task.id
 LIMIT 201)) AS each ORDER BY each.sort_key, each.id
 LIMIT $5::BIGINT) AS page ON true ORDER BY page.sort_key, page.id;

-- tasks.selection.page(pending, sort=title, second page)
-- $1 user_id, $2 left_1 = 201, $3 last_key, $4 last_id, $5 rows
SELECT account.timezone, account.pending_count AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.sort_title AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 0 AND (task.sort_title, task.id) > ($3::VARCHAR COLLATE "C", $4::BIGINT) ORDER BY task.sort_title, task.id
 LIMIT 201)) AS each ORDER BY each.sort_key, each.id
 LIMIT $5::BIGINT) AS page ON true ORDER BY page.sort_key, page.id;

-- tasks.selection.page(pending, sort=updated, second page)
-- $1 user_id, $2 left_1 = 201, $3 last_key, $4 rows
SELECT account.timezone, account.pending_count AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $1::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT task.id AS id, task.title AS title, left(task.description, $2::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.version AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $1::VARCHAR) AS task
WHERE task.status = 0 AND task.version < $3::BIGINT ORDER BY task.version DESC
 LIMIT 201)) AS each ORDER BY each.sort_key DESC
 LIMIT $4::BIGINT) AS page ON true ORDER BY page.sort_key DESC;

-- tasks.selection.page(pending, search)
-- $1 left_1 = 201, $2 user_id, $3 rows
WITH found AS
(SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status IN (0)
 LIMIT 1001)
 SELECT account.timezone, (SELECT count(*) AS count_1
FROM found) AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $2::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT found.id AS id, found.title AS title, found.description AS description, found.priority AS priority, found.due_on AS due_on, found.due_time AS due_time, found.due_zone AS due_zone, found.due_at AS due_at, found.tags AS tags, found.completed_at AS completed_at, found.deleted_at AS deleted_at, found.version AS version, found.sort_key AS sort_key
FROM found
WHERE (SELECT count(*) AS count_1
FROM found) <= 1000 ORDER BY found.sort_key
 LIMIT 201) UNION ALL (SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status = 0 AND (SELECT count(*) AS count_1
FROM found) > 1000 ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $3::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(pending, tag)
-- $1 left_1 = 201, $2 user_id, $3 rows
WITH found AS
(SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status IN (0)
 LIMIT 1001)
 SELECT account.timezone, (SELECT count(*) AS count_1
FROM found) AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $2::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT found.id AS id, found.title AS title, found.description AS description, found.priority AS priority, found.due_on AS due_on, found.due_time AS due_time, found.due_zone AS due_zone, found.due_at AS due_at, found.tags AS tags, found.completed_at AS completed_at, found.deleted_at AS deleted_at, found.version AS version, found.sort_key AS sort_key
FROM found
WHERE (SELECT count(*) AS count_1
FROM found) <= 1000 ORDER BY found.sort_key
 LIMIT 201) UNION ALL (SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status = 0 AND (SELECT count(*) AS count_1
FROM found) > 1000 ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $3::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(pending, priority)
-- $1 left_1 = 201, $2 user_id, $3 rows
WITH found AS
(SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status IN (0)
 LIMIT 1001)
 SELECT account.timezone, (SELECT count(*) AS count_1
FROM found) AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $2::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT found.id AS id, found.title AS title, found.description AS description, found.priority AS priority, found.due_on AS due_on, found.due_time AS due_time, found.due_zone AS due_zone, found.due_at AS due_at, found.tags AS tags, found.completed_at AS completed_at, found.deleted_at AS deleted_at, found.version AS version, found.sort_key AS sort_key
FROM found
WHERE (SELECT count(*) AS count_1
FROM found) <= 1000 ORDER BY found.sort_key
 LIMIT 201) UNION ALL (SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status = 0 AND (SELECT count(*) AS count_1
FROM found) > 1000 ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $3::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(pending, due_before)
-- $1 left_1 = 201, $2 user_id, $3 due_before, $4 rows
WITH found AS
(SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status IN (0) AND task.sort_due < $3::TIMESTAMP WITH TIME ZONE
 LIMIT 1001)
 SELECT account.timezone, (SELECT count(*) AS count_1
FROM found) AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $2::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT found.id AS id, found.title AS title, found.description AS description, found.priority AS priority, found.due_on AS due_on, found.due_time AS due_time, found.due_zone AS due_zone, found.due_at AS due_at, found.tags AS tags, found.completed_at AS completed_at, found.deleted_at AS deleted_at, found.version AS version, found.sort_key AS sort_key
FROM found
WHERE (SELECT count(*) AS count_1
FROM found) <= 1000 ORDER BY found.sort_key
 LIMIT 201) UNION ALL (SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status = 0 AND (SELECT count(*) AS count_1
FROM found) > 1000 AND task.sort_due < $3::TIMESTAMP WITH TIME ZONE ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $4::BIGINT) AS page ON true ORDER BY page.sort_key;

-- tasks.selection.page(pending, due_after)
-- $1 left_1 = 201, $2 user_id, $3 due_after_day, $4 due_after, $5 rows
WITH found AS
(SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status IN (0) AND task.sort_due >= $3::TIMESTAMP WITH TIME ZONE AND task.sort_due < 'infinity'::timestamptz AND (task.sort_due >= $4::TIMESTAMP WITH TIME ZONE OR task.due_time IS NULL)
 LIMIT 1001)
 SELECT account.timezone, (SELECT count(*) AS count_1
FROM found) AS total, page.id, page.title, page.description, page.priority, page.due_on, page.due_time, page.due_zone, page.due_at, page.tags, page.completed_at, page.deleted_at, page.version, page.sort_key
FROM (SELECT account.timezone AS timezone, account.last_event AS last_event, account.last_task AS last_task, account.last_conversation AS last_conversation, account.pending_count AS pending_count, account.completed_count AS completed_count, account.stored_bytes AS stored_bytes, account.quota_day AS quota_day, account.quota_used AS quota_used, account.chat_day AS chat_day, account.chat_turns AS chat_turns, account.chat_tokens AS chat_tokens, account.erased_at AS erased_at, account.sessions_valid_after AS sessions_valid_after, account.created_at AS created_at
FROM account
WHERE account.user_id = $2::VARCHAR) AS account LEFT OUTER JOIN (SELECT each.id AS id, each.title AS title, each.description AS description, each.priority AS priority, each.due_on AS due_on, each.due_time AS due_time, each.due_zone AS due_zone, each.due_at AS due_at, each.tags AS tags, each.completed_at AS completed_at, each.deleted_at AS deleted_at, each.version AS version, each.sort_key AS sort_key
FROM ((SELECT found.id AS id, found.title AS title, found.description AS description, found.priority AS priority, found.due_on AS due_on, found.due_time AS due_time, found.due_zone AS due_zone, found.due_at AS due_at, found.tags AS tags, found.completed_at AS completed_at, found.deleted_at AS deleted_at, found.version AS version, found.sort_key AS sort_key
FROM found
WHERE (SELECT count(*) AS count_1
FROM found) <= 1000 ORDER BY found.sort_key
 LIMIT 201) UNION ALL (SELECT task.id AS id, task.title AS title, left(task.description, $1::INTEGER) AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.version AS version, task.id AS sort_key
FROM (SELECT task.id AS id, task.title AS title, task.description AS description, task.priority AS priority, task.due_on AS due_on, task.due_time AS due_time, task.due_zone AS due_zone, task.due_at AS due_at, task.tags AS tags, task.sort_title AS sort_title, task.search_text AS search_text, task.search_tags AS search_tags, task.completed_at AS completed_at, task.deleted_at AS deleted_at, task.status AS status, task.sort_due AS sort_due, task.sort_priority AS sort_priority, task.version AS version, task.created_at AS created_at, task.updated_at AS updated_at
FROM task
WHERE task.user_id = $2::VARCHAR) AS task
WHERE task.status = 0 AND (SELECT count(*) AS count_1
FROM found) > 1000 AND task.sort_due >= $3::TIMESTAMP WITH TIME ZONE AND task.sort_due < 'infinity'::timestamptz AND (task.sort_due >= $4::TIMESTAMP WITH TIME ZONE OR task.due_time IS NULL) ORDER BY task.id
 LIMIT 201)) AS each ORDER BY each.sort_key
 LIMIT $5::BIGINT) AS page ON true ORDER BY page.sort_key;
