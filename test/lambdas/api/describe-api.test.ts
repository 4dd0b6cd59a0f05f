// GET /openapi.json.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROOT } from "../../../tools/local/paths.ts";
import { world } from "./world.ts";

test("it is the file in docs/, whose paths begin where it was read", async () => {
  const written = JSON.parse(readFileSync(`${ROOT}docs/openapi.json`, "utf8"));
  const { status, body } = await world().call("GET /openapi.json");
  expect([status, body]).toEqual([200, { ...written, servers: [{ url: "." }] }]);
});

test("it is small enough to be read by whoever wants to", async () => {
  const { body } = await world().call("GET /openapi.json");
  expect(JSON.stringify(body).length).toBeLessThan(200_000);
});
