import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { RefusedError } from "../../../client/api-client.ts";
import type { Status } from "../../../domain/request/lifecycle.ts";
import { confirm } from "../../../tools/doctor/confirm.ts";
import { UsageError } from "../../../tools/doctor/options.ts";
import { type Followed, follow } from "../../../tools/doctor/smoke/follow.ts";
import { onInterrupt } from "../../../tools/doctor/smoke/interrupt.ts";
import {
  judgeFirstLine,
  judgeGroup,
  judgeInService,
  judgeMetrics,
  judgeProof,
  judgeReport,
  judgeResults,
  judgeSchedule,
} from "../../../tools/doctor/smoke/judges.ts";
import { until } from "../../../tools/doctor/smoke/until.ts";
import { progress } from "../../cli/progress.ts";

const followed = (over: Partial<Followed> = {}): Followed => ({
  reqId: "r",
  startedAt: new Date(0),
  inService: 60,
  firstResult: 90,
  end: 100,
  status: "FINISHED",
  total: 2,
  failed: 0,
  ...over,
});
const proof = (pop: string, xCache: string, answeredBy = pop) => ({ pop, xCache, answeredBy });
const HIT = "Hit from cloudfront";
const MISS = "Miss from cloudfront";

test.each([
  ["ok", judgeInService(followed()), /after 60 s/],
  ["warn", judgeInService(followed({ inService: 301 })), /after 301 s/],
  ["fail", judgeInService(followed({ inService: undefined, status: "TIMEOUT" })), /no instance came.*TIMEOUT/],
  ["ok", judgeFirstLine(70), /after 70 s/],
  ["fail", judgeFirstLine(undefined), /no agent's line/],
  ["ok", judgeResults(followed()), /after 90 s, FINISHED after 100 s, 2 of 2 good/],
  ["fail", judgeResults(followed({ failed: 1 })), /1 of 2 good/],
  ["fail", judgeResults(followed({ status: "TIMEOUT" })), /TIMEOUT/],
  ["fail", judgeResults(followed({ firstResult: undefined, status: "FAILED" })), /no result came/],
  ["warn", judgeResults(followed({ total: 1 })), /two were wanted/],
  ["ok", judgeProof(["A", "B"], [proof("A", HIT), proof("A", MISS), proof("B", HIT)]), /A 1 of 2, B 1 of 1/],
  ["fail", judgeProof(["A", "B"], [proof("A", HIT), proof("B", MISS)]), /B 0 of 1/],
  ["fail", judgeProof(["A", "B"], [proof("A", HIT)]), /B 0 of 0/],
  ["fail", judgeProof(["A"], [proof("A", HIT, "C")]), /A 0 of 1/],
  ["cannot-tell", judgeProof(["A"], []), /no address|no POP/],
  ["ok", judgeReport({ status: 200, head: "pop,url,error\n" }), /can be read/],
  ["fail", judgeReport({ status: 403, head: "<Error>" }), /HTTP 403/],
  ["fail", judgeReport({ status: 200, head: "<html>" }), /HTTP 200/],
  ["ok", judgeMetrics(2), /\(2\)/],
  ["fail", judgeMetrics(0), /no value/],
  ["ok", judgeGroup({ wanted: 0, instances: 0 }), /back at 0/],
  ["fail", judgeGroup({ wanted: 0, instances: 1 }), /has 1/],
  ["ok", judgeSchedule(false), /gone/],
  ["fail", judgeSchedule(true), /still there/],
])("%s: %o", (status, judgement, says) => {
  expect(judgement.status).toBe(status);
  expect(judgement.says).toMatch(says);
  expect(judgement.next === undefined).toBe(status === "ok");
});

describe("a request is followed", () => {
  type Step = readonly [status: Status, done: number];

  /** @param interruptedAt milliseconds */
  async function run(steps: Step[], fleets: number[], interruptedAt = Infinity, refusal?: Error) {
    let now = 0;
    let stop: (() => Promise<unknown>) | undefined;
    const sent: unknown[] = [];
    const answer = <T>(value: T) => ({ value, json: value });
    const api = {
      start: async (body: object) => {
        if (refusal !== undefined) throw refusal;
        sent.push(body);
        return answer({ request_id: "r", warnings: [] });
      },
      progress: async () => {
        const [status, download_count] = steps.shift() ?? expect.fail("asked too often");
        return answer(progress({ status, download_count, failed_count: 0, total_count: 2 }));
      },
      stop: async (id: string) => {
        sent.push(`stop ${id}`);
        return answer({ message: "" });
      },
    };
    const state = async () => ({ wanted: 1, instances: 1, inService: fleets.shift() ?? 0 });
    const sleep = async (ms: number) => {
      now += ms;
      if (now >= interruptedAt) await stop?.();
    };
    const onInterrupt = (given: () => Promise<unknown>) => {
      stop = given;
      return () => {
        stop = undefined;
      };
    };
    const deps = { api, fleet: { state }, every: 5_000, now: () => now, sleep, onInterrupt };
    const seen = await follow(deps, new URL("https://a.example.com/x"), ["SIN2-P1", "FRA56-P4"]);
    return { followed: seen, sent, isGuarded: stop !== undefined };
  }

  test("to its end, with the first time of each thing", async () => {
    const steps: Step[] = [
      ["CREATED", 0],
      ["IN_PROGRESS", 0],
      ["IN_PROGRESS", 1],
      ["FINISHED", 2],
    ];
    const { followed: seen, sent } = await run(steps, [0, 1, 1, 0]);
    expect(seen).toMatchObject({ reqId: "r", inService: 5, firstResult: 10, end: 15, status: "FINISHED", total: 2 });
    expect(sent).toMatchObject([{ instance_count: 1, timeout: 15, pops: ["SIN2-P1", "FRA56-P4"] }]);
  });

  test("and stopped if whoever follows is interrupted, and only until its end", async () => {
    const steps: Step[] = [
      ["CREATED", 0],
      ["STOPPED", 0],
    ];
    const { sent, isGuarded } = await run(steps, [], 5_000);
    expect(sent.slice(1)).toEqual(["stop r"]);
    expect(isGuarded).toBe(false);
  });

  test("until the patience is over", async () => {
    const { followed: seen } = await run(Array<Step>(300).fill(["CREATED", 0]), []);
    expect(seen).toMatchObject({ status: "CREATED", end: undefined });
    expect(seen.inService).toBeUndefined();
  });

  test("unless the API refuses it", async () => {
    await expect(run([], [], Infinity, new RefusedError(400, "no such POP"))).rejects.toThrow("no such POP");
  });
});

describe("Ctrl-C", () => {
  async function interrupt(stop: () => Promise<unknown>, after?: (off: () => void) => void) {
    const said: string[] = [];
    const codes: number[] = [];
    const host = Object.assign(new EventEmitter(), {
      stderr: { write: (text: string) => said.push(text) },
      exit: (code: number) => codes.push(code),
    });
    after?.(onInterrupt(stop, host));
    if (after === undefined) onInterrupt(stop, host);
    host.emit("SIGINT");
    // A second one is the shell's.
    const left = host.listenerCount("SIGINT") + host.listenerCount("SIGTERM");
    await new Promise((resolve) => setImmediate(resolve));
    return { says: said.join(""), codes, left };
  }

  test("stops the request, says so, and ends with the code of an interrupt", async () => {
    const { says, codes, left } = await interrupt(async () => undefined);
    expect(says).toContain("It is stopped");
    expect([codes, left]).toEqual([[130], 0]);
  });

  test("says why the request goes on, if it cannot be stopped", async () => {
    const { says, codes } = await interrupt(async () => Promise.reject(new Error("HTTP 500")));
    expect(says).toMatch(/could not be stopped.*HTTP 500/);
    expect(codes).toEqual([130]);
  });

  test("after the request's end is nothing to this", async () => {
    const { says, codes } = await interrupt(
      async () => undefined,
      (off) => off(),
    );
    expect([says, codes]).toEqual(["", []]);
  });
});

test("waiting ends with a good answer, or with the patience", async () => {
  let n = 0;
  const count = async () => ++n;
  expect(await until(count, (it) => it === 3, { every: 1, atMost: 5_000 })).toBe(3);
  expect(await until(count, () => false, { every: 1, atMost: 0 })).toBe(4);
});

describe("what costs money is asked for", () => {
  const terminal = (isTTY: boolean, said: string) => {
    const input = Object.assign(new PassThrough(), { isTTY });
    const output = new PassThrough();
    input.end(said);
    return { input, output };
  };

  test("and done after a yes", async () => {
    await expect(confirm("cents", terminal(true, "y\n"))).resolves.toBeUndefined();
  });

  test("and not done after anything else, or where nobody is", async () => {
    await expect(confirm("cents", terminal(true, "\n"))).rejects.toThrow(UsageError);
    await expect(confirm("cents", terminal(false, ""))).rejects.toThrow("say --yes");
  });
});
