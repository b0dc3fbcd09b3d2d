// Figures of full text search: how long a page takes, what it costs an import, and how fast the index catches up.
import { collectionLines } from "./collection.mjs";
import { call, importLines, latency, measure, measureAll, withCollection, worstOf } from "./find-figures.mjs";
import { formatNumber, say } from "./progress.mjs";
import { takeTurns, toFigure } from "./rounds.mjs";
import { BenchStore } from "./store.mjs";

const RARE = "zymurgical";
const CHINESE = "检查每一个解";
const NOWHERE = "qqxyzzyqq";
/** Enough to tell how fast PostgreSQL indexes them. */
const MAX_BY_SQL = 20_000;

/** @param {string | undefined} kept a directory in which the collection is kept, and found again */
export async function measureSearch({ amounts }, kept) {
  const pages = await withCollection(amounts.findTraces, kept, (store, bytes) =>
    store.serving(async ({ address }) => {
      await untilIndexed(address);
      await store.query("VACUUM (ANALYZE) search_numbers, search_postings, search_segments");
      const figures = await measurePages(store, address, amounts);
      const [{ size }] = await store.query("SELECT pg_database_size(current_database()) AS size");
      const ratio = size / bytes;
      figures.push({
        name: "database with full text against raw JSONL",
        unit: "MB",
        ours: size / 1e6,
        baseline: bytes / 1e6,
        ratio,
        ceiling: 2.5,
        isOk: ratio <= 2.5,
      });
      return figures;
    }),
  );
  return [...pages, ...(await measureIndexing(amounts))];
}

async function measurePages(store, address, { findCalls }) {
  const words = await findWords(store);
  const queries = {
    "rare word": `q=${RARE}`,
    "common word": `q=${words.common}`,
    "two words of middling frequency": `q=${words.middling.join("+")}`,
    phrase: `q=${encodeURIComponent(`"${words.phrase}"`)}`,
    "two common words side by side": `q=${encodeURIComponent(`"${words.sideBySide}"`)}`,
    "three common words that never stand together": `q=${encodeURIComponent(`"${words.never.join(" ")}"`)}`,
    "four words that never stand together": `q=${encodeURIComponent(`"${words.never.join(" ")} ${words.common}"`)}`,
    "no hit": `q=${NOWHERE}`,
    "one word three times": `q=${encodeURIComponent(`"${words.threeTimes}"`)}`,
    "phrase and filter": `q=${encodeURIComponent(`"${words.phrase}"`)}&source=science`,
    "two common words side by side and filter": `q=${encodeURIComponent(`"${words.sideBySide}"`)}&source=science`,
    Chinese: `q=${encodeURIComponent(CHINESE)}`,
  };
  const figures = [];
  for (const [name, query] of Object.entries(queries)) {
    const { data } = await call(address, `/api/traces?${query}`);
    say(`  ${name}: ${query}: ${data.length} on the page`);
    figures.push(
      latency(`full text, ${name}`, await measure(address, `/api/traces?${query}`, findCalls), 100),
    );
  }
  const tagged = [`tag=tag-0&q=${words.common}`, `tag=tag-150&q=${words.common}`, `tag=tag-0&q=${RARE}`];
  const times = (path) => measure(address, path, findCalls);
  figures.push(worstOf("tag and text", await measureAll(tagged, times), 50));
  return figures;
}

/** Words of the collection by how often prompts have them. */
async function findWords(store) {
  const rows = await store.query(`
    SELECT word, count(*)::int AS count
    FROM (SELECT DISTINCT id, lower(word) AS word
          FROM (SELECT id, prompt_excerpt FROM traces ORDER BY id LIMIT 5000) AS sampled,
               regexp_split_to_table(prompt_excerpt, '[^a-zA-Z]+') AS word) AS words
    WHERE length(word) > 3 GROUP BY word ORDER BY count DESC, word LIMIT 400`);
  const [{ prompt_excerpt: prompt }] = await store.query(
    "SELECT prompt_excerpt FROM traces WHERE prompt_excerpt ~ '^[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+ ' ORDER BY md5(id::text) LIMIT 1",
  );
  return {
    common: rows[0].word,
    middling: [rows.at(Math.floor(rows.length / 2)).word, rows.at(-1).word],
    phrase: prompt.split(" ").slice(0, 3).join(" "),
    sideBySide: `${rows[5].word} ${rows[7].word}`,
    never: [rows[0].word, rows[1].word, rows[0].word],
    threeTimes: `${rows[0].word} `.repeat(3).trim(),
  };
}

async function untilIndexed(address) {
  const start = performance.now();
  for (;;) {
    const { pending } = await call(address, "/api/search/status");
    if (pending === 0) return (performance.now() - start) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function measureIndexing({ searchImport: count, importRounds }) {
  const store = await BenchStore.open();
  try {
    const catchingUp = [];
    const bare = [];
    const importing = async (isIndexed) => {
      await store.empty();
      const load = async ({ address }) => {
        const start = performance.now();
        await importLines(address, collectionLines(count), count);
        const seconds = (performance.now() - start) / 1000;
        if (isIndexed) {
          const before = await store.query("SELECT count(*)::int AS count FROM search_pending");
          catchingUp.push(before[0].count / (await untilIndexed(address)));
        }
        return count / seconds;
      };
      if (!isIndexed) return store.servingAlone(load);
      const rate = await store.serving(load);
      bare.push(await indexBySql(store, Math.min(count, MAX_BY_SQL)));
      return rate;
    };
    const rates = await takeTurns(importRounds, "traces/s", {
      on: () => importing(true),
      off: () => importing(false),
    });
    say(`  catching up: ${catchingUp.map(formatNumber)} traces/s, by SQL ${bare.map(formatNumber)}`);
    return [
      toFigure("import with full text against without", "traces/s", 0.8, rates.on, rates.off),
      toFigure("catching up against bare SQL", "traces/s", 0.7, catchingUp, bare),
    ];
  } finally {
    await store.close();
  }
}

/**
 * What PostgreSQL would do by itself: makes the lexemes of texts that lie there uncompressed, and stores their hashes
 * under a GIN index, 500 a transaction. As many words as ours, nothing for words side by side.
 */
async function indexBySql(store, count) {
  await store.query(`
    CREATE TABLE texts (place serial, text text NOT NULL);
    CREATE TABLE lexemes (place integer PRIMARY KEY, terms integer[] NOT NULL);
    ALTER TABLE lexemes ALTER COLUMN terms SET STORAGE EXTERNAL, ALTER COLUMN terms SET STATISTICS 0;
    CREATE INDEX ON lexemes USING gin (terms) WITH (gin_pending_list_limit = 16384)`);
  try {
    for (const texts of textBatches(count))
      await store.query("INSERT INTO texts (text) SELECT unnest($1::text[])", [texts]);
    await store.query("CREATE INDEX ON texts (place)");
    await store.query("CHECKPOINT");
    const start = performance.now();
    for (let place = 0; place < count; place += 500) {
      await store.query(
        `INSERT INTO lexemes (place, terms)
         SELECT place, ARRAY(SELECT hashtext(lexeme) FROM unnest(to_tsvector('english', text)))
         FROM texts WHERE place > $1 AND place <= $1 + 500`,
        [place],
      );
    }
    return count / ((performance.now() - start) / 1000);
  } finally {
    await store.query("DROP TABLE texts, lexemes");
  }
}

function* textBatches(count) {
  let batch = [];
  for (const line of collectionLines(count)) {
    const { prompt, steps, final_answer } = JSON.parse(line);
    batch.push([prompt, ...steps.map(({ content }) => content), final_answer ?? ""].join("\n"));
    if (batch.length < 500) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
