import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rejectionOf } from "../../../test/support/thrown.ts";
import { POSTGRES_MAJOR } from "./binaries.ts";
import {
  checkDataDirectory,
  clusterExists,
  networkFileSystemName,
  socketDirectory,
} from "./data-directory.ts";

describe("the file system", () => {
  test.each([
    [0x6969, "NFS"],
    [0x517b, "SMB"],
    [0xff534d42, "SMB (CIFS)"],
    [0xff534d42 - 2 ** 32, "SMB (CIFS)"],
    [0xfe534d42, "SMB 2"],
    [0x0bd00bd0, "Lustre"],
    [0x00c36400, "CephFS"],
    [0x47504653, "GPFS"],
    [0x19830326, "BeeGFS"],
    [0x5346414f, "AFS"],
  ])("of type %i is a network's: %s", (type, name) => {
    expect(networkFileSystemName(type)).toBe(name);
  });

  test.each([
    ["ext4", 0xef53],
    ["XFS", 0x58465342],
    ["Btrfs", 0x9123683e],
    ["Btrfs, as a signed number", 0x9123683e - 2 ** 32],
    ["tmpfs", 0x01021994],
    ["overlay", 0x794c7630],
    ["ZFS", 0x2fc12fc1],
    ["none", 0],
  ])("is a local one: %s", (_, type) => {
    expect(networkFileSystemName(type)).toBeUndefined();
  });
});

describe("the socket's directory", () => {
  const pathOf = (length: number) => `/${"d".repeat(length - 1)}`;
  const inside = "/run/.s.PGSQL.5432";

  test("lies in the data directory as long as the socket's path fits", () => {
    expect(socketDirectory("/data")).toBe("/data/run");
    const longest = pathOf(107 - inside.length);
    expect(socketDirectory(longest)).toBe(`${longest}/run`);
    expect(dirname(socketDirectory(`${longest}d`))).toBe(tmpdir());
  });

  test("is measured in bytes", () => {
    expect(socketDirectory(`/${"x".repeat(60)}`)).toBe(`/${"x".repeat(60)}/run`);
    expect(dirname(socketDirectory(`/${"é".repeat(60)}`))).toBe(tmpdir());
  });

  test("is another for another data directory, and always the same for one", () => {
    const [one, other] = [pathOf(200), pathOf(201)];
    expect(socketDirectory(one)).toBe(socketDirectory(one));
    expect(socketDirectory(one)).not.toBe(socketDirectory(other));
    expect(Buffer.byteLength(join(socketDirectory(one), ".s.PGSQL.5432"))).toBeLessThanOrEqual(107);
  });
});

describe("a data directory", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "tunix-rt-data-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function writeVersion(version: string) {
    mkdirSync(join(root, "postgres"));
    writeFileSync(join(root, "postgres", "PG_VERSION"), `${version}\n`);
  }

  test("may be missing, or empty, and checking it makes nothing", async () => {
    await checkDataDirectory(join(root, "not", "yet", "there"));
    await checkDataDirectory(root);
    expect(readdirSync(root)).toEqual([]);
    expect(clusterExists(root)).toBe(false);
  });

  test("may hold a database of this version", async () => {
    writeVersion(String(POSTGRES_MAJOR));
    await checkDataDirectory(root);
    expect(clusterExists(root)).toBe(true);
  });

  test.each([String(POSTGRES_MAJOR - 1), String(POSTGRES_MAJOR + 1), "9.6"])(
    "of PostgreSQL %s is refused, with the way to move its data",
    async (version) => {
      writeVersion(version);
      const error = await rejectionOf(checkDataDirectory(root));
      expect(error.code).toBe("store_version");
      expect(error.message).toContain(`was made by PostgreSQL ${version}, and this program brings`);
      expect(error.message).toMatch(/DATABASE_URL.*pg_dump/);
    },
  );

  test("cannot be a file, nor lie in one", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    for (const place of [file, join(file, "data")]) {
      const error = await rejectionOf(checkDataDirectory(place));
      expect(error).toMatchObject({ code: "store_location" });
      expect(error.message).toContain(`${file} is not a directory`);
    }
  });
});
