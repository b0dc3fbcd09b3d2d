// The baseline of imports and exports: COPY by the bare driver, in a process of its own.
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { answerQuestions } from "./child.mjs";
import { columnNames, findFilledTables } from "./stored-tables.mjs";

let client;
let tables;
/** For each commit of the program the finished rows of each table, as COPY takes them. */
let chunks;

answerQuestions({
  /** Takes the rows that the program has just imported, and how many it committed at once. */
  async take({ connection }) {
    client ??= await connect(connection);
    tables = await findFilledTables(client);
    // Rows of one transaction have one xmin; ctid is the order in which they were written.
    await client.query(`
      CREATE TEMP TABLE taken AS
      SELECT id, dense_rank() OVER (ORDER BY first) AS chunk
      FROM (SELECT id, min(ctid) OVER (PARTITION BY xmin::text) AS first FROM traces) AS written;
      CREATE INDEX ON taken (chunk);
      ANALYZE taken`);
    const count = (await client.query("SELECT max(chunk)::int AS count FROM taken")).rows[0].count;
    chunks = [];
    for (let chunk = 1; chunk <= count; chunk++) {
      const parts = [];
      for (const table of tables) parts.push(await readRows(table, chunk));
      chunks.push(parts);
    }
    await client.query("DROP TABLE taken");
    return { commits: count };
  },

  /** Stores the rows again, a commit for each of the program's. */
  async store() {
    const start = performance.now();
    for (const parts of chunks) {
      await client.query("BEGIN");
      for (const [index, table] of tables.entries()) await writeRows(table, parts[index]);
      await client.query("COMMIT");
    }
    return { seconds: (performance.now() - start) / 1000 };
  },

  /** Reads to the end what the query selects, in the format "text" or "binary". */
  async read({ connection, query, format }) {
    client ??= await connect(connection);
    const start = performance.now();
    const stream = client.query(copyTo(`COPY (${query}) TO STDOUT (FORMAT ${format})`));
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    return { seconds: (performance.now() - start) / 1000, rows: stream.rowCount, bytes };
  },
});

async function connect(connection) {
  const connected = new pg.Client(connection);
  await connected.connect();
  return connected;
}

async function readRows(table, chunk) {
  const columns = table.columns.map(({ name }) => `source.${name}`).join(", ");
  const query = `SELECT ${columns} FROM taken JOIN ${table.name} AS source ON source.${table.key} = taken.id WHERE chunk = ${chunk} ORDER BY source.ctid`;
  const pieces = [];
  const sink = new Writable({
    write(piece, _encoding, done) {
      pieces.push(piece);
      done();
    },
  });
  await pipeline(client.query(copyTo(`COPY (${query}) TO STDOUT (FORMAT binary)`)), sink);
  return Buffer.concat(pieces);
}

function writeRows(table, bytes) {
  const stream = client.query(
    copyFrom(`COPY ${table.name} (${columnNames(table)}) FROM STDIN (FORMAT binary)`),
  );
  return new Promise((resolve, reject) => {
    stream.once("finish", resolve);
    stream.once("error", reject);
    stream.end(bytes);
  });
}
