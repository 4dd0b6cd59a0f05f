import type { Logger } from "pino";
import { ResultWriter } from "../../../agent/report/result-writer.ts";
import type { ResultStore } from "../../../domain/plan/ports.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { result } from "../../lambdas/items.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { turn } from "../deferred.ts";
import { fakeStore } from "../fake-deps.ts";

useVirtualClock();

afterEach(() => vi.restoreAllMocks());

const good = (n: number) => result("p", `u${n}`);
const failure = (n: number) => result("p", `u${n}`, { ok: false });

/** A writer to a store whose calls end so. `calls`: the URLs of each. */
function writer(answer: ResultStore["putGood"], isTemporary = true) {
  const calls: string[][] = [];
  const warned: string[] = [];
  const put = (results: readonly TaskResult[]) => {
    calls.push(results.map(({ url }) => url));
    return answer(results);
  };
  const store = fakeStore({
    putGood: put,
    putFailure: async (one) => void (await put([one])),
    isTemporary: () => isTemporary,
  });
  const logger = { warn: (_: unknown, message: string) => void warned.push(message) } as Logger;
  return { results: new ResultWriter(store, logger), calls, warned };
}

test("good ones travel together, up to 25, and never two of one task", async () => {
  const { results, calls } = writer(async () => []);
  await Promise.all(Array.from({ length: 60 }, (_, n) => results.write(good(n))));
  await Promise.all([1, 2, 1].map((n) => results.write(good(n))));
  expect(calls.map(({ length }) => length)).toEqual([25, 25, 10, 2, 1]);
});

test("what the store does not take of a batch is sent again, and only that", async () => {
  let left = 3;
  const { results, calls } = writer(async (some) => some.slice(-(--left)).slice(0, left));
  await Promise.all([1, 2, 3].map((n) => results.write(good(n))));
  expect(calls).toEqual([["u1", "u2", "u3"], ["u2", "u3"], ["u3"]]);
});

test.each([good(1), failure(1)])("a busy store is asked for as long as it takes, ok: $ok", async (one) => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const at: number[] = [];
  const { results, calls, warned } = writer(async () =>
    at.push(Date.now()) <= 200 ? Promise.reject(new Error("throttled")) : [],
  );
  await results.write(one);
  expect(calls).toHaveLength(201);
  expect(warned).toEqual(["Writing results failed; retrying"]);
  const waited = at.slice(1, 11).map((time, n) => time - (at[n] ?? 0));
  expect(waited).toEqual([25, 50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test.each([good(1), failure(1)])("a busy store is an error once the agent has to end, ok: $ok", async (one) => {
  const { results, calls } = writer(() => turn().then(() => Promise.reject(new Error("throttled"))));
  const written = expect(results.write(one)).rejects.toThrow("throttled");
  while (calls.length < 3) await turn();
  results.giveUp();
  await written;
});

test.each([good(1), failure(1)])("any other error is not tried again, ok: $ok", async (one) => {
  const { results, calls } = writer(() => Promise.reject(new Error("invalid")), false);
  await expect(results.write(one)).rejects.toThrow("invalid");
  expect(calls).toHaveLength(1);
});
