import { runTests } from "../../../tools/lab/scenarios/tests.ts";

it("tests that cannot be run are wrong", { timeout: 120_000 }, async () => {
  const { passed, observed } = await runTests({ files: ["test/no-such.test.ts"], env: {} });
  expect(passed).toEqual([false]);
  expect(observed).toContain("No test files found");
  const files = ["test/domain/bitmap.test.ts", "test/no-such.test.ts"];
  expect((await runTests({ files, env: {} })).passed).toEqual([false]);
  expect((await runTests({ files: files.slice(0, 1), env: {} })).passed).toEqual([true]);
});
