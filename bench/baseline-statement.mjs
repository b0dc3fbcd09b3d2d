// The baseline of single requests: connections of the bare driver that each run one prepared statement again and again.
import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { answerQuestions } from "./child.mjs";
import { columnNames, findFilledTables } from "./stored-tables.mjs";

let clients = [];
/** Gives the next statement, with its values. */
let nextStatement;

answerQuestions({
  async connect({ connection, connections }) {
    clients = Array.from({ length: connections }, () => new pg.Client(connection));
    await Promise.all(clients.map((client) => client.connect()));
  },

  /** Takes up to so many rows that the program stored: they are stored again and again, under new ids. */
  async takeRows({ limit }) {
    const [client] = clients;
    const tables = await findFilledTables(client);
    const rows = [];
    for (const [index, table] of tables.entries()) {
      const columns = table.columns.map(({ name, type }) =>
        type === "bytea" ? name : `${name}::text AS ${name}`,
      );
      const found = await client.query(
        `SELECT ${columns.join(", ")} FROM ${table.name} ORDER BY ${table.key} LIMIT ${limit}`,
      );
      if (found.rowCount === 0) throw new Error(`${table.name} is empty: the program stored nothing`);
      found.rows.forEach((row, place) => {
        rows[place] = [...(index === 0 ? [] : rows[place]), ...table.columns.map(({ name }) => row[name])];
      });
    }
    const places = tables.flatMap((table) =>
      table.columns.map(({ name }) => ({ isId: name === table.key, name })),
    );
    const ids = places.flatMap(({ isId }, index) => (isId ? [index] : []));
    const createdAt = places.findIndex(({ name }) => name === "created_at");
    const text = insertStatement(tables);
    let count = 0;
    nextStatement = () => {
      const values = rows[count++ % rows.length].slice();
      const id = uuidv7();
      for (const index of ids) values[index] = id;
      values[createdAt] = new Date().toISOString();
      return { name: "bench", text, values };
    };
  },

  /** Takes a SELECT; each run gets the next of the lists of values. */
  async takeSelect({ text, values }) {
    let count = 0;
    nextStatement = () => ({ name: "bench", text, values: values[count++ % values.length] });
  },

  /** All connections at once, each waiting for its answer before its next statement. */
  async run({ seconds, rowsEach }) {
    const start = performance.now();
    const end = start + seconds * 1000;
    let count = 0;
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < end) {
          const { rowCount } = await client.query(nextStatement());
          if (rowCount !== rowsEach) throw new Error(`A statement gave ${rowCount} rows, not ${rowsEach}`);
          count++;
        }
      }),
    );
    return { count, perSecond: (1000 * count) / (performance.now() - start) };
  },
});

/** One statement, so one transaction, for a row of each table, and the note for the search. */
function insertStatement(tables) {
  let parameters = 0;
  const inserts = tables.map((table) => {
    const values = table.columns.map(() => `$${++parameters}`).join(", ");
    return `INSERT INTO ${table.name} (${columnNames(table)}) VALUES (${values})`;
  });
  // `traces` comes first, and its key first in it.
  inserts.unshift("INSERT INTO search_pending (trace_id) VALUES ($1)");
  const last = inserts.pop();
  return `WITH ${inserts.map((insert, index) => `part_${index} AS (${insert})`).join(", ")} ${last}`;
}
