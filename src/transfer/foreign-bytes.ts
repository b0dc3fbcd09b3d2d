// Files that are no records of any kind, known by their first bytes: said once, instead of line by line.
import { AppError } from "../contract/errors.ts";

const UNPACK = "unpack it first";

/** What begins so, and what to do about it. */
const foreign: [head: Buffer, what: string, todo: string][] = [
  [
    Buffer.from("PK\x03\x04"),
    "a ZIP archive, as .eval and PyTorch's .pt are",
    "write JSON lines from what is in it",
  ],
  [
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    "compressed by Zstandard",
    `${UNPACK}: zstd -dc FILE | tunix-rt import -`,
  ],
  [Buffer.from("BZh"), "compressed by bzip2", `${UNPACK}: bzip2 -dc FILE | tunix-rt import -`],
  [
    Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
    "compressed by xz",
    `${UNPACK}: xz -dc FILE | tunix-rt import -`,
  ],
  [Buffer.from("ARROW1\0\0"), "an Arrow file", "write Parquet or JSON lines instead"],
  [Buffer.from("SQLite format 3\0"), "an SQLite database", "write JSON lines from its tables"],
  [Buffer.from("%PDF-"), "a PDF", "there are no records in it"],
  [Buffer.from([0x89, 0x50, 0x4e, 0x47]), "a picture", "there are no records in it"],
  [Buffer.from([0xff, 0xfe]), "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 FILE | tunix-rt import -"],
  [Buffer.from([0xfe, 0xff]), "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 FILE | tunix-rt import -"],
  // Protocols 2 to 5.
  ...[2, 3, 4, 5].map((protocol): (typeof foreign)[number] => [
    Buffer.from([0x80, protocol]),
    "pickled by Python",
    "it could run code, so it is never unpickled here; write JSON lines from it",
  ]),
];

/** Throws `unknown_format` for a stream that begins like one of these. */
export function refuseForeign(head: Buffer): void {
  const found = foreign.find(([start]) => head.subarray(0, start.length).equals(start));
  if (found === undefined) return;
  const [, what, todo] = found;
  throw new AppError("unknown_format", `This is ${what}: ${todo}`);
}
