import { expect, it } from "vitest";
import { Looks } from "../../aws/settlement-queue.ts";
import { FakeAskedLooks } from "../lambdas/fakes/asked-looks.ts";
import { FakeAsyncFunction } from "../lambdas/fakes/async-function.ts";

const the = (req_id: string) => ({ req_id, expire_at: 1_800_000_000 });

it("asks once: nobody else is heard until the answer", async () => {
  const [asked, shutdown] = [new FakeAskedLooks(), new FakeAsyncFunction()];
  const looks = new Looks(asked, shutdown);
  expect(await looks.ask(the("r1"), "one")).toBe(true);
  expect(await looks.ask(the("r1"), "another")).toBe(false);
  expect(await looks.ask(the("r1"))).toBe(false);
  await looks.ask(the("r2"), "another");
  expect(shutdown.requests).toEqual(["r1", "r2"]);
  await asked.answered("r1");
  await looks.ask(the("r1"), "another");
  expect(shutdown.requests).toEqual(["r1", "r2", "r1"]);
});

it("leaves the question to others when it cannot be sent, and is heard itself when it died before it was sent", async () => {
  const [asked, shutdown] = [new FakeAskedLooks(), new FakeAsyncFunction()];
  const broken = { invoke: () => Promise.reject(new Error("Lambda is away")) };
  await expect(new Looks(asked, broken).ask(the("r1"), "one")).rejects.toThrow("Lambda is away");
  expect(await new Looks(asked, shutdown).ask(the("r1"), "another")).toBe(true);
  // As if it had died in between.
  await asked.mayAsk("r2", "one");
  await new Looks(asked, shutdown).ask(the("r2"), "one");
  expect(shutdown.requests).toEqual(["r1", "r2"]);
});
