import { afterEach, expect, test, vi } from "vitest";
import { openParquet } from "./open-parquet.ts";

afterEach(() => vi.unstubAllEnvs());

test("a temporary directory that is not there is told as what it is, not as a database out of reach", async () => {
  vi.stubEnv("TMPDIR", "/nonexistent-of-tunix-rt");
  async function* noBytes(): AsyncGenerator<Buffer> {}
  await expect(openParquet(undefined, noBytes())).rejects.toMatchObject({
    code: "bad_setting",
    message: expect.stringContaining("/nonexistent-of-tunix-rt"),
  });
});
