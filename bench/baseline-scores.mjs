// The baseline of scores: COPY into a temporary table and one upsert from there, in one transaction.
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { answerQuestions } from "./child.mjs";

const COLUMNS = "trace_id, step_i, name, scored_by, value, status, comment, updated_at";

let client;
/** The finished rows, as COPY takes them. */
let bytes;

answerQuestions({
  /** Takes the rows that the program has just written. */
  async take({ connection }) {
    client = new pg.Client(connection);
    await client.connect();
    const pieces = [];
    const sink = new Writable({
      write(piece, _encoding, done) {
        pieces.push(piece);
        done();
      },
    });
    await pipeline(client.query(copyTo(`COPY scores (${COLUMNS}) TO STDOUT (FORMAT binary)`)), sink);
    bytes = Buffer.concat(pieces);
    return { bytes: bytes.length };
  },

  async store() {
    const start = performance.now();
    await client.query("BEGIN");
    await client.query("CREATE TEMP TABLE sent (LIKE scores) ON COMMIT DROP");
    await copyIntoTemporary();
    await client.query(`
      INSERT INTO scores (${COLUMNS}) SELECT ${COLUMNS} FROM sent
      ON CONFLICT ON CONSTRAINT scores_key DO UPDATE SET value = excluded.value, status = excluded.status,
        comment = excluded.comment, updated_at = excluded.updated_at`);
    await client.query("COMMIT");
    return { seconds: (performance.now() - start) / 1000 };
  },
});

function copyIntoTemporary() {
  const stream = client.query(copyFrom(`COPY sent (${COLUMNS}) FROM STDIN (FORMAT binary)`));
  return new Promise((resolve, reject) => {
    stream.once("finish", resolve);
    stream.once("error", reject);
    stream.end(bytes);
  });
}
