import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openBody } from "./body-source.ts";
import { toAppError } from "./problems.ts";

test("a connection that is reset amid the body is the client's fault, not the database's", async () => {
  const body = new PassThrough();
  const read = text(openBody(body, 1_000));
  body.write("half of it");
  body.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" }));
  const error = await read.catch((reason: Error) => reason);
  expect(toAppError(error as Error).code).toBe("bad_request");
});
