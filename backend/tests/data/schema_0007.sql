-- Rows of two lists, written by Surelist with the schema 0007 and dumped by table.

INSERT INTO account (user_id, timezone, last_event, last_task, last_conversation, pending_count, completed_count, stored_bytes, erased_at, created_at, sessions_valid_after, chat_day, chat_turns, chat_tokens) VALUES
('old-1', 'Europe/Berlin', '13', '4', '0', '3', '0', '1125', NULL, '2026-11-27 00:51:05.464582+00', NULL, NULL, '0', '0'),
('old-2', 'UTC', '2', '1', '0', '0', '1', '293', NULL, '2026-11-27 00:51:05.852842+00', NULL, NULL, '0', '0');

INSERT INTO agent (user_id, client_id, name, scopes, valid_after, expires_at, revoked_at, last_used_at, created_at, bounded) VALUES
('old-1', 'claude', 'claude', '{conversations:read,conversations:write,tasks:read,tasks:write}', '1970-01-01 00:00:00+00', NULL, NULL, '2026-11-27 00:51:05.514835+00', '2026-11-27 00:51:05.515329+00', 'false');

INSERT INTO task (user_id, id, title, description, priority, due_on, due_at, tags, sort_title, search_text, completed_at, deleted_at, version, created_at, updated_at, search_tags, due_time, due_zone) VALUES
('old-1', '1', 'Milk', NULL, '0', NULL, NULL, '{}', 'milk', 'milk
', NULL, NULL, '13', '2026-11-27 00:51:05.482117+00', '2026-11-27 00:51:05.731925+00', '{}', NULL, NULL),
('old-1', '2', 'Call mom and dad', 'Ask about the trip.
Bring photos.', '3', '2026-12-24', '2026-12-24 17:30:00+00', '{family}', 'call mom and dad', 'call mom and dad
family
ask about the trip.
bring photos.', NULL, NULL, '7', '2026-11-27 00:51:05.517104+00', '2026-11-27 00:51:05.621947+00', '{family}', '18:30:00', NULL),
('old-1', '3', 'Plumber: kitchen tap', NULL, '0', '2026-11-30', '2026-11-29 23:00:00+00', '{home,urgent}', 'plumber: kitchen tap', 'plumber: kitchen tap
home
urgent
', NULL, NULL, '8', '2026-11-27 00:51:05.637396+00', '2026-11-27 00:51:05.637396+00', '{home,urgent}', NULL, NULL),
('old-2', '1', 'Dentist', NULL, '0', '2027-01-07', '2027-01-07 07:15:00+00', '{}', 'dentist', 'dentist
', '2026-11-27 00:51:05.869648+00', NULL, '2', '2026-11-27 00:51:05.856155+00', '2026-11-27 00:51:05.869648+00', '{}', '08:15:00', '+01:00');

INSERT INTO event (user_id, id, task_id, kind, actor, client_id, client_name, conversation_id, at, "before", "after", idempotency_key, request_hash, undoes, message_id) VALUES
('old-1', '1', '1', 'created', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.482117+00', NULL, '{"tags": [], "title": "Milk", "due_at": null, "due_on": null, "due_time": null, "due_zone": null, "priority": 0, "deleted_at": null, "description": null, "completed_at": null}', 'k', E'\\x064166f59a0a71e01bd2b8d517af85ffb81a104f85ee1ef9a6f1df25e152a53a', NULL, NULL),
('old-1', '2', '2', 'created', 'agent', 'claude', 'claude', NULL, '2026-11-27 00:51:05.517104+00', NULL, '{"tags": ["family"], "title": "Call mom", "due_at": "2026-12-24T18:30:00+00:00", "due_on": "2026-12-24", "due_time": "18:30:00", "due_zone": null, "priority": 3, "deleted_at": null, "description": null, "completed_at": null}', NULL, E'\\x38063c05eb2808059e2bbff8f84dd1f713b4b156e79ad2f7dfdd1dcad664bba6', NULL, NULL),
('old-1', '3', '1', 'completed', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.534359+00', '{"completed_at": null}', '{"completed_at": "2026-11-27T00:51:05.534359+00:00"}', NULL, NULL, NULL, NULL),
('old-1', '4', '1', 'reopened', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.580088+00', '{"completed_at": "2026-11-27T00:51:05.534359+00:00"}', '{"completed_at": null}', NULL, NULL, NULL, NULL),
('old-1', '5', '2', 'deleted', 'agent', 'claude', 'claude', NULL, '2026-11-27 00:51:05.592323+00', '{"deleted_at": null}', '{"deleted_at": "2026-11-27T00:51:05.592323+00:00"}', NULL, NULL, NULL, NULL),
('old-1', '6', '2', 'restored', 'agent', 'claude', 'claude', NULL, '2026-11-27 00:51:05.61218+00', '{"deleted_at": "2026-11-27T00:51:05.592323+00:00"}', '{"deleted_at": null}', NULL, NULL, NULL, NULL),
('old-1', '7', '2', 'updated', 'agent', 'claude', 'claude', NULL, '2026-11-27 00:51:05.621947+00', '{"title": "Call mom", "description": null}', E'{"title": "Call mom and dad", "description": "Ask about the trip.\\nBring photos."}', NULL, NULL, NULL, NULL),
('old-1', '8', '3', 'created', 'agent', 'claude', 'claude', NULL, '2026-11-27 00:51:05.637396+00', NULL, '{"tags": ["home", "urgent"], "title": "Plumber: kitchen tap", "due_at": "2026-11-30T00:00:00+00:00", "due_on": "2026-11-30", "due_time": null, "due_zone": null, "priority": 0, "deleted_at": null, "description": null, "completed_at": null}', NULL, E'\\x283b6ee4b214887cc47c09f84d38ab5b2b991669e6d64c77750daca6f803738c', NULL, NULL),
('old-1', '9', '4', 'created', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.652494+00', NULL, NULL, NULL, NULL, NULL, NULL),
('old-1', '10', '4', 'deleted', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.664264+00', NULL, NULL, NULL, NULL, NULL, NULL),
('old-1', '11', '4', 'purged', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.689799+00', NULL, NULL, NULL, NULL, NULL, NULL),
('old-1', '12', '1', 'updated', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.707343+00', '{"title": "Milk"}', '{"title": "Oat milk"}', NULL, NULL, NULL, NULL),
('old-1', '13', '1', 'undone', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.731925+00', '{"title": "Oat milk"}', '{"title": "Milk"}', NULL, NULL, '12', NULL),
('old-2', '1', '1', 'created', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.856155+00', NULL, '{"tags": [], "title": "Dentist", "due_at": "2027-01-07T07:15:00+00:00", "due_on": "2027-01-07", "due_time": "08:15:00", "due_zone": "+01:00", "priority": 0, "deleted_at": null, "description": null, "completed_at": null}', NULL, E'\\xd3bc0c06029df16cd079d73c9d1fa2e1fa680a15d79d86cfd91c8beb6f284409', NULL, NULL),
('old-2', '2', '1', 'completed', 'person', 'web', 'web', NULL, '2026-11-27 00:51:05.869648+00', '{"completed_at": null}', '{"completed_at": "2026-11-27T00:51:05.869648+00:00"}', NULL, NULL, NULL, NULL);
