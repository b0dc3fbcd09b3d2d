import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: "test/support/global-setup.ts",
    // Files share one database server; each has a database of its own.
    maxWorkers: 2,
    reporters: ["default", "./test/support/count-reporter.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A busy machine may take its time to show what is waited for.
    expect: { poll: { timeout: 15_000 } },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      // The web application runs in a browser, which tells its coverage itself: scripts/ui-coverage.mjs.
      exclude: ["src/**/*.test.ts", "src/cli/main.ts", "src/ui/**"],
      reporter: ["text-summary", "html", "lcov"],
      thresholds: { lines: 90, branches: 85 },
    },
  },
});
