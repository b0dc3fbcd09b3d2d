import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { decodeCursor as decode, encodeCursor } from "./cursor.ts";
import { type TraceOrder, traceOrders } from "./trace-order.ts";

const decodeCursor = (cursor: string, question: object, order: TraceOrder = traceOrders.newest) =>
  decode(cursor, order, question);

const place = { value: "2026-01-31T12:00:00.123Z", id: "0198f4a0-0000-7000-8000-000000000001" };
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
    expect(decodeCursor(forge([place.value, place.id, hash]), {})).toEqual(place);
  });

  test.each([
    ["nothing", ""],
    ["a word", "next"],
    ["other characters", "%%%"],
    ["half of one", encodeCursor(place, {}).slice(0, 40)],
    ["an object", forge({ value: place.value, id: place.id })],
    ["null", forge(null)],
    ["an empty list", forge([])],
    ["a number for the time", forge([1, place.id, hash])],
    ["no instant for the time", forge(["now()", place.id, hash])],
    ["a day that is none", forge(["2026-02-30", place.id, hash])],
    ["SQL for the id", forge([place.value, "' OR 1=1 --", hash])],
    ["a list for the id", forge([place.value, [place.id], hash])],
  ])("%s", (_, cursor) => {
    const error = thrownBy(() => decodeCursor(cursor, {}));
    expect(error).toMatchObject({ code: "invalid_cursor", status: 422 });
    expect(error.message).toContain("not one that this server gave out");
  });

  test("a place without its hash", () => {
    expect(thrownBy(() => decodeCursor(forge([place.value, place.id]), {})).code).toBe("invalid_cursor");
  });
});

describe("a cursor of another order", () => {
  test.each([
    ["reward_high", 0.5],
    ["reward_low", null],
    ["most_tokens", 100],
    ["fewest_tokens", null],
    ["longest", 3],
    ["oldest", place.value],
  ] as const)("%s leads back to %j", (sort, value) => {
    const at = { value, id: place.id };
    expect(decodeCursor(encodeCursor(at, { sort }), { sort }, traceOrders[sort])).toEqual(at);
  });

  test.each([
    ["longest", null],
    ["longest", 1.5],
    ["longest", 2 ** 31],
    ["most_tokens", "7"],
    ["reward_high", "NaN"],
    ["newest", null],
  ] as const)("%s is refused with %j", (sort, value) => {
    const cursor = encodeCursor({ value, id: place.id }, { sort });
    expect(thrownBy(() => decodeCursor(cursor, { sort }, traceOrders[sort])).code).toBe("invalid_cursor");
  });

  test("belongs to its sort", () => {
    const cursor = encodeCursor({ value: 3, id: place.id }, { sort: "longest" });
    expect(
      thrownBy(() => decodeCursor(cursor, { sort: "shortest" }, traceOrders.shortest)).message,
    ).toContain("another sort");
  });
});
