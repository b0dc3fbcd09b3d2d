// The tables as the program filled them: what it writes, the baselines write too, column by column.

/** The search's own: what is noted for it comes and goes, and what it derives is written after the answer. */
const OF_SEARCH = ["search_pending", "search_numbers"];

/**
 * Tables that hold rows of traces, `traces` first.
 * @returns {Promise<{name: string, key: string, columns: {name: string, type: string}[]}[]>}
 */
export async function findFilledTables(client) {
  const { rows } = await client.query(`
    SELECT table_name AS name, json_agg(json_build_object('name', column_name, 'type', udt_name) ORDER BY ordinal_position) AS columns
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_identity = 'NO' AND is_generated = 'NEVER'
    GROUP BY table_name`);
  const tables = rows
    .map(({ name, columns }) => ({ name, key: name === "traces" ? "id" : "trace_id", columns }))
    .filter(({ name, key, columns }) => !OF_SEARCH.includes(name) && columns.some(({ name }) => name === key))
    .sort((a, b) => Number(b.name === "traces") - Number(a.name === "traces"));
  const filled = [];
  for (const table of tables) {
    const found = await client.query(`SELECT EXISTS (SELECT FROM ${table.name}) AS yes`);
    if (found.rows[0].yes) filled.push(table);
  }
  return filled;
}

export function columnNames(table) {
  return table.columns.map(({ name }) => name).join(", ");
}
