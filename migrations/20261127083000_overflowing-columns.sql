-- Up Migration

-- Columns that were made with scores of which figures overflow are made anew, without them.
DELETE FROM step_rollouts
WHERE EXISTS (SELECT FROM unnest(score_values) AS scored (value) WHERE abs(value) > 1e100);

-- Down Migration

-- Nothing to take back: columns are derived.
