// Runs with what they hold. Counts are exact at any moment: those that are settled, and the changes since.
import sql, { empty, join, type Sql } from "sql-template-tag";
import { AppError } from "../../contract/errors.ts";
import type { Run, RunPage, RunsQuery } from "../../contract/runs.ts";
import type { Queryable } from "../database.ts";
import { decodePlace, encodePlace, invalidCursor } from "../place-cursor.ts";

type RunRow = Omit<Run, "created_at" | "last_activity"> & {
  id: number;
  created_at: Date;
  last_activity: Date | null;
};

const HIDDEN: Record<NonNullable<RunsQuery["hidden"]>, Sql[]> = {
  false: [sql`hidden_at IS NULL`],
  true: [sql`hidden_at IS NOT NULL`],
  any: [],
};

/** Runs, newest first. */
export async function listRuns(db: Queryable, query: RunsQuery): Promise<RunPage> {
  const { limit = 20, cursor, hidden = "false", name } = query;
  const conditions = [...HIDDEN[hidden]];
  if (name !== undefined) conditions.push(sql`name = ${name}`);
  if (cursor !== undefined) {
    const [id] = decodePlace(cursor, { hidden, name }, ["number"]);
    if (!Number.isInteger(id) || Math.abs(id as number) >= 2 ** 31) throw invalidCursor();
    conditions.push(sql`id < ${id}`);
  }
  // One run more than the page tells whether there is a next one.
  const rows = await selectRuns(db, conditions, limit + 1);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    data: rows.slice(0, limit).map(toRun),
    pagination: {
      limit,
      next_cursor: last === undefined ? null : encodePlace([last.id], { hidden, name }),
    },
  };
}

/** The run of this name, hidden or not; throws 404. */
export async function getRun(db: Queryable, name: string): Promise<Run> {
  const [row] = await selectRuns(db, [sql`name = ${name}`], 1);
  if (row === undefined) throw runNotFound(name);
  return toRun(row);
}

/** The number of a run that is not hidden; throws 404. */
export async function getVisibleRunId(db: Queryable, name: string): Promise<number> {
  const { rows } = await db.query<{ id: number; isHidden: boolean }>(
    sql`SELECT id, hidden_at IS NOT NULL AS "isHidden" FROM runs WHERE name = ${name}`,
  );
  if (rows[0] === undefined) throw runNotFound(name);
  if (rows[0].isHidden)
    throw new AppError("run_not_found", `The run "${name}" is hidden; show it again to read its figures`);
  return rows[0].id;
}

export function runNotFound(name: string): AppError {
  return new AppError("run_not_found", `There is no run with the name "${name}"`);
}

async function selectRuns(db: Queryable, conditions: readonly Sql[], limit: number): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow>(sql`
    SELECT page.*, coalesce(figures.traces, 0)::int AS traces, coalesce(splits, '{}') AS splits,
           json_build_object('count', coalesce(step_count, 0), 'min', min_step, 'max', max_step) AS train_steps,
           (SELECT max(changed_at) FROM (
              SELECT changed_at FROM run_steps WHERE run_id = page.id
              UNION ALL SELECT changed_at FROM run_changes WHERE run_id = page.id
            ) AS activity) AS last_activity
    FROM (
      SELECT id, name, created_at, hidden_at IS NOT NULL AS hidden, config FROM runs
      WHERE name IS NOT NULL ${conditions.length > 0 ? sql`AND ${join(conditions, " AND ")}` : empty}
      ORDER BY id DESC LIMIT ${limit}
    ) AS page
    CROSS JOIN LATERAL (
      SELECT sum(traces) AS traces, array_agg(DISTINCT split) AS splits,
             count(DISTINCT train_step)::int AS step_count, min(train_step) AS min_step, max(train_step) AS max_step
      FROM (
        SELECT split, train_step, sum(traces) AS traces
        FROM (
          SELECT split, train_step, traces FROM run_steps WHERE run_id = page.id
          UNION ALL SELECT split, train_step, traces FROM run_changes WHERE run_id = page.id
        ) AS counted
        GROUP BY split, train_step HAVING sum(traces) > 0
      ) AS steps
    ) AS figures
    ORDER BY id DESC`);
  return rows;
}

function toRun({ id: _id, created_at, last_activity, ...run }: RunRow): Run {
  return {
    ...run,
    created_at: created_at.toISOString(),
    last_activity: last_activity?.toISOString() ?? null,
  };
}
