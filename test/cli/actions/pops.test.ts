// The list of POPs, asked of a server that knows one.
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { pops } from "../../../cli/actions/pops.ts";

const ANSWER = {
  timestamp: "2026-11-25 11:46:12.000000",
  count: 1,
  pops: [
    {
      code: "SIN2-P1",
      city: "Singapore",
      country: "singapore",
      country_code: "SG",
      rec: "Singapore",
      regions: ["apac"],
      default_of: [],
      basis: "observed",
      rec_basis: "documented",
      last_resolved_at: null,
      latitude: 1,
      longitude: 103,
    },
  ],
};

async function told(text: string, json = false) {
  const server = createServer((_, response) => response.end(JSON.stringify(ANSWER)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = z.object({ port: z.number() }).parse(server.address());
  let stdout = "";
  const sink = { write: () => true };
  const shell = {
    env: {},
    cwd: "/",
    stdin: Readable.from([]),
    stderr: sink,
    stdout: {
      write: (said: string) => {
        stdout += said;
      },
    },
  };
  const code = await pops(shell, text, { endpoint: `http://127.0.0.1:${port}/prod/`, apiKey: "k", json });
  return { code, stdout };
}

test("those with a text in them", async () => {
  expect(await told("singapore")).toMatchObject({ code: 0, stdout: expect.stringContaining("SIN2-P1") });
});

test("none is said, but as JSON it is an empty list", async () => {
  await expect(told("nowhere")).rejects.toThrow("no POP matches 'nowhere'");
  const { code, stdout } = await told("nowhere", true);
  expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ count: 0, pops: [] })]);
});
