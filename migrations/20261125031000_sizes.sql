-- Up Migration

-- A payload of up to 8 KB stays in its row: it is read and written in one piece, without what the pieces of a TOAST
-- table waste. For payloads stored from now on.
ALTER TABLE trace_payloads SET (toast_tuple_target = 8160);

-- How many scores have a name and a status together; each alone says little.
CREATE STATISTICS scores_name_status (mcv) ON name, status FROM scores;

-- Down Migration

DROP STATISTICS scores_name_status;
ALTER TABLE trace_payloads RESET (toast_tuple_target);
