// The dev container of docs/platforms.md has what package.json and the local API need.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
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
