// What docs/platforms.md and docs/first-steps.md say of the dev container and of the console.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { EN } from "../../console/words/english.ts";
import { ROOT } from "./read-documents.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const containerSchema = z.object({
  image: z.string(),
  features: z.record(z.string(), z.object({ version: z.string() })),
  forwardPorts: z.array(z.number()),
  postCreateCommand: z.string(),
});

/** Numbers of a version, to be compared. */
const parts = (version: string) => version.split(".").map(Number);

test("the dev container has a Node.js and a Python that are new enough, and passes on the port of the API", () => {
  const { image, features, forwardPorts, postCreateCommand } = containerSchema.parse(
    JSON.parse(read(".devcontainer/devcontainer.json")),
  );
  const [, node = ""] = /node:(\d+)/.exec(image) ?? [];
  const { engines } = z.object({ engines: z.object({ node: z.string() }) }).parse(JSON.parse(read("package.json")));
  // An image of a main version has its newest: so one above that of `engines`, whatever the minor is.
  expect(Number(node)).toBeGreaterThan(parts(engines.node.replace(">=", ""))[0] ?? 0);
  const [, python] = Object.entries(features).find(([name]) => name.includes("/python:")) ?? [];
  const [major = 0, minor = 0] = parts(python?.version ?? "");
  expect([major, minor >= 10]).toEqual([3, true]);
  expect([forwardPorts, postCreateCommand]).toEqual([[8480], "npm ci"]);
});

test("the first steps name the console's buttons as they are called", () => {
  const [, section = ""] = read("docs/first-steps.md").split("## 3. Warm in the console");
  const named = [...(section.split("\n## ")[0] ?? "").matchAll(/_([^_]+)_/g)].map(([, name]) => name);
  expect(named).toEqual([EN.newRequest, EN.send]);
});
