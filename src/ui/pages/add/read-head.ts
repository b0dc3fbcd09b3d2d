// The beginning of a file, for a look at what is in it.

const HEAD_BYTES = 262_144;
/** Files that can't be cut are looked at whole, up to this size. */
const WHOLE_BYTES = 16_777_216;

/** The first whole lines of a file of lines; another file whole, if it is small; else undefined. */
export async function readHead(file: File): Promise<Blob | undefined> {
  if (file.size <= HEAD_BYTES) return file;
  const areLines = /\.(jsonl|ndjson|csv|tsv)$/i.test(file.name);
  if (!areLines) return file.size <= WHOLE_BYTES ? file : undefined;
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const end = bytes.lastIndexOf(10);
  if (end !== -1) return file.slice(0, end + 1);
  return file.size <= WHOLE_BYTES ? file : undefined;
}

/** The names of what a first record holds, as paths of a map; empty where it can't be told. */
export async function readPaths(head: Blob, fileName: string): Promise<string[]> {
  const text = await head.slice(0, HEAD_BYTES).text();
  const line = text.slice(0, text.search(/\r?\n|$/));
  if (/\.[ct]sv$/i.test(fileName)) {
    const separator = fileName.toLowerCase().endsWith("tsv") ? "\t" : ",";
    return line.split(separator).map((name) => escapePath(name.trim().replace(/^"(.*)"$/, "$1")));
  }
  return pathsOf(firstRecord(line, text), "");
}

function firstRecord(line: string, text: string): unknown {
  for (const candidate of [line, text]) {
    try {
      const value = JSON.parse(candidate) as unknown;
      return Array.isArray(value) ? value[0] : value;
    } catch {
      // Not JSON by itself.
    }
  }
  return undefined;
}

const MAX_DEPTH = 3;

function pathsOf(value: unknown, prefix: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = `${prefix}${escapePath(name)}`;
    return [path, ...(path.split(".").length < MAX_DEPTH ? pathsOf(inner, `${path}.`) : [])];
  });
}

/** A comma, dot or backslash of a name is written after a backslash. */
function escapePath(name: string): string {
  return name.replaceAll(/[\\.,]/g, "\\$&");
}
