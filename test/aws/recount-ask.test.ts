import { expect, it } from "vitest";
import { RecountAsk } from "../../aws/recount-ask.ts";
import { FakeProgress, FakeSteps } from "../lambdas/fakes.ts";

const EXPIRES = 1_800_000_000;

it("asks once: nobody else is heard until the answer", async () => {
  const [progress, steps] = [new FakeProgress(), new FakeSteps()];
  const recounts = new RecountAsk(progress, steps);
  await recounts.ask("r1", "one", EXPIRES);
  await recounts.ask("r1", "another", EXPIRES);
  await recounts.ask("r2", "another", EXPIRES);
  expect(steps.looks).toEqual(["r1", "r2"]);
  await progress.answered("r1");
  await recounts.ask("r1", "another", EXPIRES);
  expect(steps.looks).toEqual(["r1", "r2", "r1"]);
});

it("is heard again when it died between the right to ask and the question", async () => {
  const [progress, steps] = [new FakeProgress(), new FakeSteps()];
  const broken = new RecountAsk(progress, { look: async () => Promise.reject(new Error("SQS is away")) });
  await expect(broken.ask("r1", "one", EXPIRES)).rejects.toThrow("SQS is away");
  await new RecountAsk(progress, steps).ask("r1", "one", EXPIRES);
  expect(steps.looks).toEqual(["r1"]);
});
