import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { listeningPorts } from "../../../tools/lab/check/exposure.ts";
import { rowsOf } from "../../../tools/lab/load/test-run.ts";
import { type BodyAnswer, bodiesRefused, nothingMade } from "../../../tools/lab/scenarios/hostile.ts";

const REFUSED: BodyAnswer = { path: "prewarm", body: "{", status: 400, text: '{"error_message":"x"}', seconds: 0.1 };

it.each<[string, Partial<BodyAnswer>]>([
  ["a body that is accepted", { status: 200 }],
  ["a fault of the server", { status: 502 }],
  ["a body that takes longer than a second", { seconds: 1.1 }],
  ["a refusal without a reason", { text: '{"error_message":""}' }],
  ["an answer that is no JSON object", { text: "<html>" }],
  ["an answer that Lambda cannot send", { text: `{"message":"${"x".repeat(6_000_000)}"}` }],
])("the check of hostile bodies finds %s", (_, fault) => {
  expect(bodiesRefused([REFUSED, { ...REFUSED, ...fault }]).holds).toEqual([true, false]);
});

it("the check of hostile bodies finds what one has left", () => {
  expect(nothingMade(["1 requests", "1 requests"]).holds).toEqual([true]);
  expect(nothingMade(["1 requests", "2 requests"]).holds).toEqual([false]);
});

it("finds the TCP port of a process", async () => {
  const before = listeningPorts(process.pid);
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  expect(listeningPorts(process.pid)).toBe(before + 1);
});

it("makes of each test file a row, also of one that failed or could not be loaded", () => {
  const passed = { fullName: "a", status: "passed", failureMessages: [] };
  const failed = { fullName: "b", status: "failed", failureMessages: ["{ seed: 7 }"] };
  const skipped = { ...passed, status: "skipped" };
  const rows = rowsOf({
    testResults: [
      { name: "one", message: "", assertionResults: [passed, skipped] },
      { name: "two", message: "", assertionResults: [passed, failed] },
      { name: "three", message: "no such module", assertionResults: [] },
    ],
  });
  expect(rows.map(({ holds }) => holds)).toEqual([[true], [true, false], []]);
  expect(rows.map(({ saw }) => saw)).toEqual(["1 passed", "b: { seed: 7 }", "no such module"]);
});
