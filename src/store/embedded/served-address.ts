// Where the process that serves a data directory can be reached, told to other processes by a file in it.
// Who holds the serving lock clears the file first, so it never speaks of a server that was killed.
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export async function writeServedAddress(root: string, address: string): Promise<void> {
  const draft = `${fileOf(root)}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ address }), { mode: 0o600 });
  await rename(draft, fileOf(root));
}

export async function findServedAddress(root: string): Promise<string | undefined> {
  const text = await readFile(fileOf(root), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { address: string }).address;
}

export async function clearServedAddress(root: string): Promise<void> {
  await rm(fileOf(root), { force: true });
}

function fileOf(root: string): string {
  return join(root, "server.json");
}
