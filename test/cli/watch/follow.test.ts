import { EventEmitter } from "node:events";
import { CommandError } from "../../../cli/command-error.ts";
import { verdictLine } from "../../../cli/watch/ending.ts";
import { follow } from "../../../cli/watch/follow.ts";
import { interrupts } from "../../../cli/watch/interrupts.ts";
import { lines } from "../../../cli/watch/lines.ts";
import { SteadyFinish } from "../../../cli/watch/steady-finish.ts";
import { NoAnswerError, RefusedError } from "../../../client/api-client.ts";
import { readiness } from "../../readiness.ts";
import { progress } from "../progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("it asks until the end, more seldom while there is no answer", async () => {
  const running = progress();
  const answers = [running, undefined, undefined, running, undefined, progress({ status: "FINISHED" })];
  let asked = 0;
  const heard: string[] = [];
  const pauses: number[] = [];
  const ended = await follow({
    ask: async () => {
      const answer = answers[asked++];
      if (answer === undefined) throw new CommandError("none", "wait", { cause: new NoAnswerError("none") });
      return answer;
    },
    onAnswer: ({ status }) => heard.push(status),
    onSilence: () => heard.push("silence"),
    everyMs: 1_000,
    signal: new AbortController().signal,
    pause: async (ms) => pauses.push(ms),
  });
  expect(ended?.status).toBe("FINISHED");
  expect(heard).toEqual(["IN_PROGRESS", "silence", "silence", "IN_PROGRESS", "silence", "FINISHED"]);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 1_000, 2_000]);
});

test("a wrong key does not pass by itself", async () => {
  const ask = async () => {
    throw new CommandError("no key", "send one", { cause: new RefusedError(403, "no key") });
  };
  const nothing = () => undefined;
  const signal = new AbortController().signal;
  await expect(follow({ ask, onAnswer: nothing, onSilence: nothing, everyMs: 1, signal })).rejects.toThrow("no key");
});

test("each silence is told once, the second one too", () => {
  const said: string[] = [];
  const display = lines({ write: (text) => said.push(String(text)) }, undefined, () => 0);
  for (const isSilent of [true, true, false, true, true]) {
    if (isSilent) display.silent();
    else display.show(progress());
  }
  expect(said.filter((line) => line.startsWith("No response"))).toHaveLength(2);
});

test("lines come every ten seconds, and with each new status", () => {
  const said: string[] = [];
  let now = 0;
  const display = lines({ write: (text) => said.push(String(text)) }, "Continue it.", () => now);
  for (const [at, status] of [
    [0, "CREATED"],
    [2, "CREATED"],
    [4, "IN_PROGRESS"],
    [6, "IN_PROGRESS"],
    [14, "IN_PROGRESS"],
    [15, "FINISHED"],
  ] as const) {
    now = at * 1_000;
    display.show(progress({ status }));
  }
  expect(said.map((line) => line.split(" ")[2])).toEqual(["CREATED", "IN_PROGRESS", "IN_PROGRESS", "FINISHED"]);
});

test("one Ctrl-C leaves after two seconds, two within them are a wish to stop", async () => {
  for (const [second, wish] of [
    [1_000, "stop"],
    [2_500, "leave"],
  ] as const) {
    const keys = new EventEmitter();
    const said: string[] = [];
    const pressed = interrupts(keys, () => said.push("first"));
    keys.emit("SIGINT");
    vi.advanceTimersByTime(second);
    keys.emit("SIGINT");
    expect(await pressed.wish).toBe(wish);
    expect(said).toEqual(["first"]);
    pressed.close();
    expect(keys.listenerCount("SIGINT")).toBe(0);
  }
});

test("the end that is expected stays ten seconds, unless the status is another, none is known, or it comes much earlier", () => {
  const steady = new SteadyFinish();
  const at = (minute: number) => `2026-11-25 11:${minute}:15.000000`;
  /** @param minute 46 is now */
  const of = (status: "CREATED" | "IN_PROGRESS", minute: number, now: number) =>
    steady.of(progress({ status, estimated_finish_at: at(minute) }), now).estimated_finish_at;
  expect(of("CREATED", 56, 0)).toBe(at(56));
  expect(of("CREATED", 55, 9_000)).toBe(at(56));
  expect(steady.of(progress({ estimated_finish_at: null }), 9_500).estimated_finish_at).toBeNull();
  expect(of("CREATED", 55, 10_000)).toBe(at(55));
  expect(of("CREATED", 57, 19_999)).toBe(at(55));
  expect(of("IN_PROGRESS", 58, 20_500)).toBe(at(58));
  expect(of("IN_PROGRESS", 48, 20_600)).toBe(at(48));
});

test("a paused request says so in each line, and once how to continue", () => {
  const said: string[] = [];
  const display = lines({ write: (text) => said.push(String(text)) }, "Continue it.", () => said.length * 10_000);
  for (const instance_count of [0, 0, 2]) display.show(progress({ instance_count }));
  display.show(progress({ instance_count: 0, status: "FINISHED" }));
  expect(said.map((line) => / paused$/m.test(line))).toEqual([true, false, true, false, false]);
  expect(said.filter((line) => line === "Continue it.\n")).toHaveLength(1);
});

test("the last line says what to do next, if anything is left to do", () => {
  const of = (exitCode: number, failed_count = 1, total_count = 6) =>
    verdictLine({}, "Sentence.", { request_id: "3f9c2a71-0", status: "FINISHED", total_count, failed_count }, exitCode);
  expect([of(0, 0), of(2), of(3), of(2, 0), of(2, 0, 0)]).toEqual([
    "Sentence.",
    "Sentence. Next: prewarm report 3f9c2a71 --failed",
    "Sentence. Next: prewarm retry 3f9c2a71",
    "Sentence. Next: prewarm retry 3f9c2a71",
    "Sentence.",
  ]);
});

test("a POP that did not resolve is left out: no retry is named where nothing else is lacking", () => {
  const of = (unresolved_pops: number, unreadable_urls: number, unanswered_pops = 0) =>
    verdictLine(
      {},
      "Sentence.",
      progress({
        status: "FINISHED",
        failed_count: 0,
        readiness: readiness({ unresolved_pops, unreadable_urls, unanswered_pops, exceptions: 1 }),
      }),
      2,
    );
  expect([of(1, 0), of(2, 0), of(1, 1), of(2, 0, 1)]).toEqual([
    "Sentence. The POP that did not resolve was not warmed. Retry only if the DNS resolver failed: a POP without a DNS name does not resolve later.",
    "Sentence. The POPs that did not resolve were not warmed. Retry only if the DNS resolver failed: a POP without a DNS name does not resolve later.",
    "Sentence. Next: prewarm report e059b77b --failed",
    // A resolver that did not answer may answer the retry.
    "Sentence. Next: prewarm retry e059b77b",
  ]);
});
