import { describe, expect, test } from "vitest";
import { isInstant, toUtcText } from "./instant.ts";

describe("an instant", () => {
  test.each([
    "2026-01-31",
    "2024-02-29",
    "2026-01-31T12:00",
    "2026-01-31T12:00:59",
    "2026-01-31T12:00:00.1",
    "2026-01-31T12:00:00.123456789Z",
    "2026-01-31T12:00:00.000+05:30",
    "2026-01-31T12:00-0800",
    "2026-01-31T00:00+15:59",
    "2026-01-31T23:59:59-15:59",
    "0001-01-01",
    "9999-12-31T23:59:59.999Z",
  ])("can be %s", (text) => {
    expect(isInstant(text)).toBe(true);
  });

  test.each([
    ["a day that its month lacks", "2026-02-29"],
    ["such a day with a time", "2026-02-30T10:00:00Z"],
    ["the last of April and one", "2026-04-31"],
    ["a thirteenth month", "2026-13-01"],
    ["a day nought", "2026-01-00"],
    ["a year nought", "0000-01-01"],
    ["an hour too many", "2026-01-31T25:00Z"],
    ["a minute too many", "2026-01-31T10:60Z"],
    ["a second too many", "2026-01-31T10:00:61Z"],
    ["a zone that PostgreSQL does not know", "2026-01-31T10:00+16:00"],
    ["a zone with a minute too many", "2026-01-31T10:00+01:60"],
    ["a zone without a time", "2026-01-31Z"],
    ["hours alone", "2026-01-31T12"],
    ["a fraction without digits", "2026-01-31T12:00:00."],
    ["ten digits of a second", "2026-01-31T12:00:00.1234567890Z"],
    ["a space for the T", "2026-01-31 12:00"],
    ["small letters", "2026-01-31t12:00z"],
    ["a year of five digits", "12026-01-31"],
    ["single digits", "2026-1-1"],
    ["American order", "01/31/2026"],
    ["seconds since 1970", "1769860800"],
    ["a word", "today"],
    ["a line after it", "2026-01-31\n"],
    ["nothing", ""],
  ])("is not %s: %j", (_, text) => {
    expect(isInstant(text)).toBe(false);
  });
});

test.each([
  ["2026-01-31", "2026-01-31T00:00:00.000Z"],
  ["2026-01-31T12:30", "2026-01-31T12:30:00.000Z"],
  ["2026-01-31T12:30:15.5", "2026-01-31T12:30:15.500Z"],
  ["2026-01-31T12:30Z", "2026-01-31T12:30:00.000Z"],
  ["2026-01-31T12:30-08:00", "2026-01-31T20:30:00.000Z"],
])("%s means %s, whatever the machine's time zone", (text, instant) => {
  expect(new Date(toUtcText(text)).toISOString()).toBe(instant);
});

test("a time that says its zone is passed on as it is", () => {
  for (const text of ["2026-01-31T12:30Z", "2026-01-31T12:30+0530", "2026-01-31T12:30-05:30"]) {
    expect(toUtcText(text)).toBe(text);
  }
});
