import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../../tools/command-line.ts";
import { parseFuzzCommand } from "../../../tools/fuzz/main.ts";
import { MAX_INPUT_BYTES, mutate, randomOf } from "../../../tools/fuzz/mutate.ts";
import { READERS } from "../../../tools/fuzz/readers.ts";
import { judgeInput } from "../../../tools/fuzz/run.ts";
import { times } from "../../collect.ts";

/** Inputs that once had a fault: `READER-WHAT.bin`. */
const FOUND = join(import.meta.dirname, "inputs");

/** 420 kB: 24,000 representations inherit two templates with 990 attributes each. It blocked the event loop for 49 s. */
const crowded = () => {
  const template = `<SegmentTemplate media="$Number$" duration="10" ${times(990, (n) => `a${n}=""`).join(" ")}/>`;
  const set = `<AdaptationSet>${template}${"<Representation/>".repeat(24_000)}</AdaptationSet>`;
  return `<MPD mediaPresentationDuration="PT10S"><Period>${template}${set}</Period></MPD>`;
};

test("a DASH manifest of 420 kB does not hold the thread", { timeout: 60_000 }, async () => {
  expect(await judgeInput("mpd", crowded())).toBeUndefined();
});

test.each(readdirSync(FOUND).filter((file) => file.endsWith(".bin")))(
  "%s has no fault",
  { timeout: 60_000 },
  async (file) => {
    const name = Object.keys(READERS).find((reader) => file.startsWith(`${reader}-`)) ?? file;
    expect(await judgeInput(name, readFileSync(join(FOUND, file), "latin1"))).toBeUndefined();
  },
);

test.each(Object.entries(READERS))("%s reads its seeds", async (_, { seeds, read }) => {
  for (const seed of seeds) await read([Buffer.from(seed)]);
});

test("a mutation is repeated by its seed, and within the size limit", () => {
  const run = () => {
    const random = randomOf(7);
    return times(50, () => mutate('<a b="c"/>', { random, words: ["x"], other: "<d/>" }));
  };
  expect(run()).toEqual(run());
  for (const input of run()) expect(input.length).toBeLessThanOrEqual(MAX_INPUT_BYTES);
  expect(new Set(run()).size).toBeGreaterThan(40);
});

test.each([
  [["nosuch"]],
  [["mpd", "xml"]],
  [["mpd", "--seconds", "5m"]],
  [["mpd", "--seconds", "0"]],
  [["--replay", "x"]],
])("refuses %j, and lists the readers", (words) => {
  expect(() => parseFuzzCommand(words)).toThrow(UsageError);
  expect(() => parseFuzzCommand(words)).toThrow(/Readers: mpd, m3u8, sitemap/);
});
