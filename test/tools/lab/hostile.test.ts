import { type BodyAnswer, bodiesRefused, nothingMade } from "../../../tools/lab/scenarios/hostile.ts";
import { runTests } from "../../../tools/lab/scenarios/tests.ts";

const REFUSED: BodyAnswer = { path: "prewarm", body: "{", status: 400, text: '{"error_message":"x"}', seconds: 0.1 };

it.each<[string, Partial<BodyAnswer>]>([
  ["a body that is accepted", { status: 200 }],
  ["a fault of the server", { status: 502 }],
  ["a body that takes longer than a second", { seconds: 1.1 }],
  ["a refusal without a reason", { text: '{"error_message":""}' }],
  ["an answer that is no JSON object", { text: "<html>" }],
  ["an answer that Lambda cannot send", { text: `{"message":"${"x".repeat(6_000_000)}"}` }],
])("the check of hostile bodies finds %s", (_, fault) => {
  expect(bodiesRefused([REFUSED, { ...REFUSED, ...fault }]).passed).toEqual([true, false]);
});

it("the check of hostile bodies finds what one has left", () => {
  expect(nothingMade(["1 requests", "1 requests"]).passed).toEqual([true]);
  expect(nothingMade(["1 requests", "2 requests"]).passed).toEqual([false]);
});

it("tests that cannot be run are wrong", { timeout: 120_000 }, async () => {
  const { passed, observed } = await runTests({ files: ["test/no-such.test.ts"], env: {} });
  expect(passed).toEqual([false]);
  expect(observed).toContain("No test files found");
  const files = ["test/domain/bitmap.test.ts", "test/no-such.test.ts"];
  expect((await runTests({ files, env: {} })).passed).toEqual([false]);
  expect((await runTests({ files: files.slice(0, 1), env: {} })).passed).toEqual([true]);
});
