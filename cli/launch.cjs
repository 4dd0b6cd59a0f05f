#!/usr/bin/env node
// The command in a clone. npm links a command only if its file exists, and the bundles exist after `npm ci`: without this file, `npx
// prewarm` before that would leave an entry in npm's cache that never finds the command.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const bundle = join(__dirname, "dist", "prewarm.cjs");
if (existsSync(bundle)) require(bundle);
else {
  console.error(`prewarm: the command is not built: ${bundle} is missing`);
  console.error(`Run this first: cd ${join(__dirname, "..")} && npm ci`);
  process.exitCode = 1;
}
