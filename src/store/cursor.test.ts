import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const place = { createdAt: "2026-01-31T12:00:00.123Z", id: "0198f4a0-0000-7000-8000-000000000001" };
const filters = { version: "1.0", created_from: "2026-01-01" };
const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a cursor", () => {
  test.each([[{}], [filters], [{ created_before: "2026-02-01" }]])(
    "leads back to its place with %j",
    (given) => {
      const cursor = encodeCursor(place, given);
      expect(decodeCursor(cursor, given)).toEqual(place);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(cursor.length).toBeLessThan(1_000);
    },
  );

  test("belongs to its filters in any order, absent ones aside", () => {
    const cursor = encodeCursor(place, filters);
    const { version, created_from } = filters;
    expect(decodeCursor(cursor, { created_from, created_before: undefined, version })).toEqual(place);
  });

  test.each([
    [{}],
    [{ version: "1.0" }],
    [{ ...filters, version: "1.1" }],
    [{ ...filters, created_before: "2026-02-01" }],
    [{ version: "2026-01-01", created_from: "1.0" }],
  ])("is refused with other filters: %j", (others) => {
    const error = thrownBy(() => decodeCursor(encodeCursor(place, filters), others));
    expect(error).toMatchObject({ code: "invalid_cursor", status: 422, issues: [{ pointer: "/cursor" }] });
    expect(error.message).toContain("other filters");
  });

  test("without filters is refused with some", () => {
    expect(thrownBy(() => decodeCursor(encodeCursor(place, {}), filters)).message).toContain("other filters");
  });
});

describe("what is no cursor is refused", () => {
  const hash = JSON.parse(Buffer.from(encodeCursor(place, {}), "base64url").toString())[2];

  test("though its parts are well made, it would be one", () => {
    expect(decodeCursor(forge([place.createdAt, place.id, hash]), {})).toEqual(place);
  });

  test.each([
    ["nothing", ""],
    ["a word", "next"],
    ["other characters", "%%%"],
    ["half of one", encodeCursor(place, {}).slice(0, 40)],
    ["an object", forge({ createdAt: place.createdAt, id: place.id })],
    ["null", forge(null)],
    ["an empty list", forge([])],
    ["a number for the time", forge([1, place.id, hash])],
    ["no instant for the time", forge(["now()", place.id, hash])],
    ["a day that is none", forge(["2026-02-30", place.id, hash])],
    ["SQL for the id", forge([place.createdAt, "' OR 1=1 --", hash])],
    ["a list for the id", forge([place.createdAt, [place.id], hash])],
  ])("%s", (_, cursor) => {
    const error = thrownBy(() => decodeCursor(cursor, {}));
    expect(error).toMatchObject({ code: "invalid_cursor", status: 422 });
    expect(error.message).toContain("not one that this server gave out");
  });

  test("a place without its hash", () => {
    expect(thrownBy(() => decodeCursor(forge([place.createdAt, place.id]), {})).code).toBe("invalid_cursor");
  });
});
