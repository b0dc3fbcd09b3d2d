import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../../../test/support/thrown.ts";
import { findAccount, giveTo } from "./account.ts";

const never = (): never => {
  throw new Error("Not to be asked");
};
const root = "root:x:0:0:root:/root:/bin/bash";
const nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
const postgres = "postgres:x:113:120:PostgreSQL:/var/lib/postgresql:/bin/bash";

describe("PostgreSQL runs", () => {
  test("as the caller, who is not root", () => {
    expect(findAccount(false, never, never)).toEqual({ prefix: [], ids: undefined });
  });

  test("in a user namespace, for root where there may be one", () => {
    const { prefix, ids } = findAccount(true, () => true, never);
    expect(prefix[0]).toBe("unshare");
    expect(prefix).toContain("--user");
    expect(ids).toBeUndefined();
  });

  test.each([
    ["postgres", `${root}\n${nobody}\n${postgres}\n`, { uid: 113, gid: 120 }],
    ["nobody", `${root}\n${nobody}\n`, { uid: 65534, gid: 65533 }],
    ["nobody", `${nobody}\nmypostgres:x:7:7::/:/bin/sh\n`, { uid: 65534, gid: 65533 }],
  ])("as %s, for root without namespaces, when the accounts are %j", (_, passwd, ids) => {
    expect(
      findAccount(
        true,
        () => false,
        () => passwd,
      ),
    ).toEqual({ prefix: [], ids });
  });

  test("not at all, for root without namespaces and accounts, and the way out is told", () => {
    for (const passwd of ["", root]) {
      const error = thrownBy(() =>
        findAccount(
          true,
          () => false,
          () => passwd,
        ),
      );
      expect(error.code).toBe("embedded_unavailable");
      expect(error.message).toMatch(/does not run as root.*DATABASE_URL/);
    }
  });

  test("somehow, for whoever runs this test", () => {
    const { prefix, ids } = findAccount();
    if (process.getuid?.() !== 0) expect({ prefix, ids }).toEqual({ prefix: [], ids: undefined });
    else expect(prefix.length > 0).toBe(ids === undefined);
  });
});

test("a file is given away only to another account", () => {
  const directory = mkdtempSync(join(tmpdir(), "tunix-rt-account-"));
  const file = join(directory, "file");
  writeFileSync(file, "");
  const before = statSync(file);
  giveTo({ prefix: [], ids: undefined }, file);
  expect(statSync(file)).toMatchObject({ uid: before.uid, gid: before.gid });
  giveTo({ prefix: [], ids: { uid: before.uid, gid: before.gid } }, file);
  expect(statSync(file)).toMatchObject({ uid: before.uid, gid: before.gid });
  expect(() => giveTo({ prefix: [], ids: { uid: 1, gid: 1 } }, join(directory, "none"))).toThrow("ENOENT");
  rmSync(directory, { recursive: true });
});
