import { request } from "node:http";
import { attack, signedAs } from "../../../tools/lab/load/foreign-page.ts";
import { openEntrance } from "../../../tools/local/entrance.ts";
import { openFront } from "../../../tools/local/front.ts";
import { serve } from "../../serve.ts";
import { emulatorBehind } from "../local/emulator-behind.ts";

const KEY = "271828182845";

/** @param aws what stands before the emulator */
async function attacked(aws: URL) {
  const authorization = signedAs(KEY);
  const api = await openEntrance({ ports: [0], target: aws.origin, apiKey: "api-key", authorization });
  onTestFinished(api.close);
  const rows = await attack({ aws, api: new URL(api.url), authorization, apiKey: "api-key" }, 200);
  return Object.fromEntries(rows.map((row) => [row.what, row]));
}

it("a foreign page gets nowhere, and the run's own calls do", async () => {
  const { socketPath, arrived } = await emulatorBehind();
  const front = await openFront({ socketPath, accessKeyId: KEY });
  onTestFinished(front.close);
  const rows = await attacked(new URL(`http://127.0.0.1:${front.port}`));
  expect(Object.values(rows).filter(({ passed }) => passed.length === 0 || passed.includes(false))).toEqual([]);
  expect(new Set(arrived.map(({ headers }) => headers.authorization))).toEqual(new Set([signedAs(KEY)]));
  expect(arrived.every(({ headers }) => headers.origin === undefined)).toBe(true);
});

it("sees an emulator that lets anybody in", async () => {
  const { socketPath } = await emulatorBehind();
  const open = await serve((from, to) => {
    const asked = request({ socketPath, method: from.method, path: from.url, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    from.pipe(asked);
  });
  const rows = await attacked(new URL(open));
  expect(rows["two text/plain POSTs that make and run a function"]).toMatchObject({
    observed: "200: 2",
    passed: [false, false],
  });
  expect(rows["guessed access key ids"]?.passed).toEqual(Array(200).fill(false));
});
