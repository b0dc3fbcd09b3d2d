#!/usr/bin/env node
// In a checkout this installs and builds what is missing or older than its sources, then runs the command.
import { buildIfStale } from "./build-if-stale.mjs";

buildIfStale();
await import("../dist/cli/main.js");
