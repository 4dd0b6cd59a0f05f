// The list of POPs, asked of a server that knows one.
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { pops } from "../../../cli/actions/pops.ts";
import { serve } from "../../serve.ts";

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
  const url = await serve((_, response) => response.end(JSON.stringify(ANSWER)));
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
  const code = await pops(shell, text, { endpoint: `${url}/prod/`, apiKey: "k", json });
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
