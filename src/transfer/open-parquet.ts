// Parquet is read from its end: a file where it lies, a stream from a copy in the temporary directory.
import { type FileHandle, mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";

export const PARQUET_MAGIC = Buffer.from("PAR1");
/** A disk, or what one may use of it. */
const FULL = new Set(["ENOSPC", "EDQUOT"]);
export const ENCRYPTED_PARQUET_MAGIC = Buffer.from("PARE");

/** The file at `path` where that is Parquet, else a copy of the bytes, which is gone once it is closed. */
export async function openParquet(
  path: string | undefined,
  bytes: AsyncIterable<Buffer>,
): Promise<FileHandle> {
  // A pipe has a path as well, and can be read once only.
  if (path !== undefined && (await stat(path)).isFile()) {
    const file = await open(path);
    // A gzipped file begins otherwise.
    if (await isParquet(file)) return file;
    await file.close();
  }
  return openCopy(bytes);
}

async function isParquet(file: FileHandle): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(PARQUET_MAGIC.length), 0, PARQUET_MAGIC.length, 0);
  return buffer.equals(PARQUET_MAGIC);
}

async function openCopy(bytes: AsyncIterable<Buffer>): Promise<FileHandle> {
  const file = await createNameless().catch(refuseDirectory);
  try {
    await writeFile(file, bytes);
    return file;
  } catch (cause) {
    await file.close();
    // What the stream itself fails by is no fault of the directory.
    if (FULL.has((cause as NodeJS.ErrnoException).code ?? "")) refuseDirectory(cause);
    throw cause;
  }
}

/** While it is open it has no name any more, so it goes even with a process that is killed. */
async function createNameless(): Promise<FileHandle> {
  const directory = await mkdtemp(join(tmpdir(), "tunix-rt-copy-"));
  try {
    return await open(join(directory, "copy.parquet"), "wx+", 0o600);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Throws what is wrong with the temporary directory. */
function refuseDirectory(cause: unknown): never {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const need = "reading Parquet from a stream needs room there; TMPDIR names another";
  if (FULL.has(code))
    throw new AppError("storage_full", `The temporary directory ${tmpdir()} is full; ${need}`, { cause });
  throw new AppError(
    "bad_setting",
    `The temporary directory ${tmpdir()} cannot be used (${message}); ${need}`,
    {
      cause,
    },
  );
}
