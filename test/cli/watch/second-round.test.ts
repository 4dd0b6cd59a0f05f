// What the watching command keeps between two answers: the second silence, status or sample counts as the first did.
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CommandError } from "../../../cli/command-error.ts";
import { Rates } from "../../../cli/live/rates.ts";
import { follow } from "../../../cli/watch/follow.ts";
import { interrupts } from "../../../cli/watch/interrupts.ts";
import { lines } from "../../../cli/watch/lines.ts";
import { SteadySentence } from "../../../cli/watch/steady-sentence.ts";
import { NoAnswerError } from "../../../client/api-client.ts";
import { POPS, progress } from "../progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("each silence is told once, the second one too", () => {
  const said: string[] = [];
  const display = lines({ write: (text) => said.push(String(text)) }, () => 0);
  const silences = () => said.filter((line) => line.startsWith("No answer")).length;
  display.silent();
  display.silent();
  expect(silences()).toBe(1);
  display.show(progress());
  display.silent();
  display.silent();
  expect(silences()).toBe(2);
});

test("a status that comes back is told again, and the ten seconds begin anew with each line", () => {
  const said: string[] = [];
  let now = 0;
  const display = lines({ write: (text) => said.push(String(text)) }, () => now);
  for (const [at, status] of [
    [0, "IN_PROGRESS"],
    [9_999, "IN_PROGRESS"],
    [10_000, "IN_PROGRESS"],
    [19_999, "IN_PROGRESS"],
    [20_000, "IN_PROGRESS"],
    [25_000, "CREATED"],
    [34_999, "CREATED"],
    [35_000, "CREATED"],
  ] as const) {
    now = at;
    display.show(progress({ status, percentage_complete: Math.floor(at / 1_000) }));
  }
  expect(said.map((line) => line.split(" ")[3])).toEqual(["0%", "10%", "20%", "25%", "35%"]);
});

test("the wait after no answer begins anew with each silence", async () => {
  const silences = [3, 0, 2, 7];
  const answers = silences.flatMap((silent) => [...Array.from({ length: silent }, () => undefined), progress()]);
  const pauses: number[] = [];
  let asked = 0;
  await follow({
    ask: async () => {
      const answer = asked < answers.length ? answers[asked] : progress({ status: "FINISHED" });
      asked++;
      if (answer === undefined) throw new CommandError("none", "wait", { cause: new NoAnswerError("none") });
      return answer;
    },
    onAnswer: () => undefined,
    onSilence: () => undefined,
    everyMs: 1,
    signal: new AbortController().signal,
    pause: async (ms) => pauses.push(ms / 1_000),
  });
  const every = 0.001;
  expect(pauses).toEqual([2, 4, 8, every, every, 2, 4, every, 2, 4, 8, 16, 30, 30, 30, every]);
});

test("a sentence that changed stays as long as the first did", () => {
  const steady = new SteadySentence();
  const says = [0, 9_999, 10_000, 19_999, 20_000, 29_999].map((at) => steady.of("A", `at ${at}`, at));
  expect(says).toEqual(["at 0", "at 0", "at 10000", "at 10000", "at 20000", "at 20000"]);
});

test("rates are of the last eight seconds or a little more, not of all that came", () => {
  const rates = new Rates();
  const [first] = POPS;
  if (first === undefined) throw new Error("there is no POP");
  const at = (bytes: number) => progress({ pops: [{ ...first, download_size: bytes }] });
  const speeds: (number | undefined)[] = [];
  let bytes = 0;
  for (const [seconds, perSecond] of [
    [0, 0],
    [4, 100],
    [8, 300],
    [12, 500],
    [16, 0],
    [24, 700],
    [40, 900],
  ] as const) {
    bytes += perSecond * (seconds === 24 ? 8 : seconds === 40 ? 16 : 4);
    speeds.push(rates.add(at(bytes), seconds * 1_000)?.get(first.pop));
  }
  expect(speeds).toEqual([undefined, undefined, 200, 400, 250, 700, 900]);
});

test("a second watch hears Ctrl-C as the first did", async () => {
  const keys = new EventEmitter();
  for (const [gap, wish] of [
    [3_000, "leave"],
    [100, "stop"],
    [3_000, "leave"],
  ] as const) {
    const pressed = interrupts(keys, () => undefined);
    keys.emit("SIGINT");
    vi.advanceTimersByTime(gap);
    keys.emit("SIGINT");
    expect(await pressed.wish).toBe(wish);
    pressed.close();
  }
});
