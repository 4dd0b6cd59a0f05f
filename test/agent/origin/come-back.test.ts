import { expect, test } from "vitest";
import { ComeBack } from "../../../agent/origin/come-back.ts";
import { patienceOf } from "../../../domain/request/patience.ts";

const START = 1_700_000_000_000;

/** @returns milliseconds after each of so many seconds in which so many tasks came a second, and twenty could be asked for */
function after(seconds: number, offered: number, room = 30): number {
  const comeBack = new ComeBack(patienceOf(900), START);
  let ms = comeBack.meanMs(START, 20);
  for (let second = 1; second <= seconds; second++) {
    for (let n = 0; n < offered; n++) comeBack.offer(START + second * 1_000 + (n < offered / 2 ? 0 : 1), room);
    ms = comeBack.meanMs(START + second * 1_000 + 2, 20);
  }
  return ms;
}

test.each([
  ["at first, as long as a beat", 1, 100, 30, 10_000],
  ["half as much again as may be asked: it stays", 30, 30, 30, 10_000],
  ["much more: later", 16, 1_000, 500, 60_000],
  ["no later than a beat counts", 60, 1_000, 500, 60_000],
  ["hardly anything: sooner", 10, 2, 30, 2_500],
  ["at least a second", 60, 0, 30, 1_000],
  ["what comes at the same moment, and has no room, is no help", 30, 1_000, 15, 10_000],
])("%s", (_, seconds, offered, room, ms) => {
  expect(after(seconds, offered, room)).toBeCloseTo(ms, -3);
});
