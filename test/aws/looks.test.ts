import { expect, it } from "vitest";
import { Looks } from "../../aws/looks.ts";
import { FakeAskedLooks } from "../lambdas/fakes/asked-looks.ts";
import { FakeSteps } from "../lambdas/fakes/steps.ts";

const the = (req_id: string) => ({ req_id, expire_at: 1_800_000_000 });

it("asks once: nobody else is heard until the answer", async () => {
  const [asked, steps] = [new FakeAskedLooks(), new FakeSteps()];
  const looks = new Looks(asked, steps);
  expect(await looks.ask(the("r1"), "one")).toBe(true);
  expect(await looks.ask(the("r1"), "another")).toBe(false);
  expect(await looks.ask(the("r1"))).toBe(false);
  await looks.ask(the("r2"), "another");
  expect(steps.requests).toEqual(["r1", "r2"]);
  await asked.answered("r1");
  await looks.ask(the("r1"), "another");
  expect(steps.requests).toEqual(["r1", "r2", "r1"]);
});

it("leaves the question to others when it cannot be sent, and is heard itself when it died before it was sent", async () => {
  const [asked, steps] = [new FakeAskedLooks(), new FakeSteps()];
  const broken = { look: () => Promise.reject(new Error("SQS is away")) };
  await expect(new Looks(asked, broken).ask(the("r1"), "one")).rejects.toThrow("SQS is away");
  expect(await new Looks(asked, steps).ask(the("r1"), "another")).toBe(true);
  // As if it had died in between.
  await asked.mayAsk("r2", "one");
  await new Looks(asked, steps).ask(the("r2"), "one");
  expect(steps.requests).toEqual(["r1", "r2"]);
});
