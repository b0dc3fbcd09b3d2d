// What the figures share: the store, the amounts, and the files with traces, each made when it is first needed.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeTraces } from "./make-traces.mjs";
import { formatNumber, say } from "./progress.mjs";

const SEEDS = { small: 11, large: 12, megabyte: 13 };

export class BenchContext {
  #files = new Map();
  #loaded;

  constructor(store, amounts, generator) {
    this.store = store;
    this.amounts = amounts;
    this.generator = generator;
  }

  /** The file that is imported: `{path, count, bytes}`. */
  async traceFile(size) {
    return this.#file(size, size === "small" ? this.amounts.smallTraces : this.amounts.largeTraces);
  }

  /** A file of bodies to post. */
  async bodyFile(size, count) {
    return this.#file(size, count);
  }

  async #file(size, count) {
    const key = `${size}-of-${count}`;
    if (!this.#files.has(key)) {
      const path = join(this.store.dir, `${size}.${count === undefined ? "" : key}.jsonl`);
      const bytes = await writeTraces(path, size, count, SEEDS[size]);
      say(`  made ${formatNumber(count)} traces, ${formatNumber(bytes / 1e6)} MB`);
      this.#files.set(key, { path, count, bytes });
    }
    return this.#files.get(key);
  }

  /** Writes lines to a file of this name; returns its path. */
  async writeLines(name, lines) {
    const path = join(this.store.dir, name);
    await writeFile(path, `${lines.join("\n")}\n`);
    return path;
  }

  /** Empties the tables; what was loaded for reading is loaded again when it is needed. */
  async empty() {
    this.#loaded = undefined;
    await this.store.empty();
  }

  /** Has just these small traces stored, ready to be read. */
  async loadSmall() {
    const file = await this.traceFile("small");
    if (this.#loaded === file) return file;
    await this.empty();
    await this.store.run(["import", file.path]);
    await this.store.requireTraces(file.count);
    await this.store.settle();
    this.#loaded = file;
    return file;
  }
}
