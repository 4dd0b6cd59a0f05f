import fc from "fast-check";
import stringWidth from "string-width";
import { cellsOf } from "../../../cli/live/cells.ts";
import { type FrameLook, frame } from "../../../cli/live/frame.ts";
import { ASCII, SHAPES } from "../../../cli/live/glyphs.ts";
import { Rates } from "../../../cli/live/rates.ts";
import type { View } from "../../../cli/live/view.ts";
import { painter } from "../../../cli/output/paint.ts";
import { NO_TASK_STATES, TASK_STATES } from "../../../domain/readiness/task-states.ts";
import { fuzz } from "../../fuzz.ts";
import { FAILURES, POPS, progress } from "../progress.ts";

const VIEW: View = {
  progress: progress({ pops: POPS, failures: FAILURES }),
  listed: { url_count: 84, url_prefix: "https://www.example.com/patch/4.2.0/" },
  sentence: "On time: about 6 min left. Done by 19:52, 40 min before the timeout.",
  hints: ["Ctrl-C leaves it running.  Come back: prewarm status e059b77b --watch"],
};

function drawn(look: Partial<FrameLook>, view: Partial<View> = {}) {
  return frame({ ...VIEW, ...view }, { width: 100, height: 40, glyphs: SHAPES, paint: painter(false), ...look });
}

describe("the live view", () => {
  test("at 100 columns", () => expect(drawn({})).toMatchSnapshot());
  test("at 80 columns, in ASCII", () => expect(drawn({ width: 80, height: 24, glyphs: ASCII })).toMatchSnapshot());
  test("at 80 columns", () => expect(drawn({ width: 80, height: 24 })).toMatchSnapshot());
  test("at 120 columns: a line a POP, with its rate", () => {
    const rates = new Map([["P001-C1", 410_000_000]]);
    expect(drawn({ width: 120, height: 60 }, { rates })).toMatchSnapshot();
  });
  test("at 120 columns where the POPs do not fit: a line a REC", () => {
    expect(drawn({ width: 120, height: 30 }).some((line) => line.startsWith("Singapore"))).toBe(true);
  });
  test.each([80, 100])("of a direct run, at %s columns, names no instances", (width) => {
    const [title = ""] = drawn({ width }, { isDirect: true });
    expect(title).toMatch(/84 URLs × \d+ POPs,? +direct$/);
    expect(title).not.toContain("instance");
  });
  test("before anything is known", () => {
    const zeros = Object.entries(progress()).map(([name, it]) => [name, typeof it === "number" ? 0 : it]);
    const empty = progress({
      ...Object.fromEntries(zeros),
      status: "CREATED",
      instance_count: 20,
      estimated_finish_at: null,
    });
    const view = { progress: empty, listed: undefined, sentence: "Checking the sizes of the URLs." };
    expect(drawn({ width: 80, height: 24 }, view)).toMatchSnapshot();
  });
  test("without an answer, values stay and it says so", () => {
    const lines = drawn({}, { silentMs: 14_000 });
    expect(lines.at(-1)).toBe("No response for 14 s. The request continues without this command.");
    expect(lines).toHaveLength(drawn({}).length);
  });

  test("what failed: where, and what it hit, not the error as it came", () => {
    const at = (url: string, pop: string, more: object = {}) => ({ url: `https://a.example/${url}`, pop, ...more });
    const failures: typeof FAILURES = [
      {
        code: "http_4xx",
        subject: "task" as const,
        tasks: 76,
        pops: 38,
        urls: null,
        examples: [
          at("css/a.css?v=1", "SIN2-P1", { http_status: 403, error: "HTTP 403" }),
          at("css/a.css?v=1", "FRA2-C1", { http_status: 403 }),
          at("css/b.css", "SIN2-P1", { http_status: 403 }),
        ],
      },
      {
        code: "incomplete",
        subject: "task" as const,
        tasks: 12,
        pops: 3,
        urls: null,
        examples: [at("", "CGK50-P1", { error: "ECONNRESET: 1000 of 5000 bytes arrived" })],
      },
      {
        code: "other",
        subject: "task" as const,
        tasks: 1,
        pops: 1,
        urls: null,
        examples: [at("x", "SIN2-P1", { error: "ERROR_PAGE: x" })],
      },
    ];
    const view = { progress: progress({ pops: POPS, failures }) };
    expect(drawn({}, view).slice(-5, -2)).toEqual([
      "× 76  Client error (4xx)     at all 38 POPs        HTTP 403  a.css, b.css",
      "× 12  Incomplete response    CGK50-P1 and 2 more   /",
      "×  1  Other                  SIN2-P1               ERROR_PAGE: x",
    ]);
    expect(drawn({ width: 80, height: 24 }, view).slice(-3, -1)).toEqual([
      "× 76 Client error (4xx): at all 38 POPs",
      "× 12 Incomplete response: CGK50-P1 and 2 more     × 1 Other: SIN2-P1",
    ]);
  });

  test("below all, the command that one copies stands out", () => {
    const line = drawn({ paint: painter(true) }).at(-1) ?? "";
    expect(line).toBe("\u001b[2mCtrl-C leaves it running.  Come back: \u001b[22mprewarm status e059b77b --watch");
  });

  test("a hint that is longer than the window keeps its id whole", () => {
    const lines = drawn({ width: 50, height: 24 });
    expect(lines.slice(-2)).toEqual(["Ctrl-C leaves it running.", "Come back: prewarm status e059b77b --watch"]);
  });

  test("it is never taller or wider than the window, however small or large that is", () => {
    for (const width of [20, 39, 40, 79, 80, 99, 100, 119, 120, 200])
      for (let height = 5; height <= 60; height++) {
        const lines = drawn({ width, height });
        expect(lines.length, `${width}×${height}`).toBeLessThan(height);
        expect(Math.max(...lines.map((line) => stringWidth(line))), `${width}×${height}`).toBeLessThanOrEqual(width);
      }
  });

  test("what the API tells cannot move the cursor", () => {
    const listed = { url_count: 1, url_prefix: "https://a/\u001b[2J\u202e" };
    expect(drawn({}, { listed })[0]).toContain("a/·[2J·");
  });
});

test("0% is an empty bar, whatever is under way", () => {
  const begun = progress({
    percentage_complete: 0,
    download_size: 0,
    in_progress_size: 1_000,
    download_count: 0,
    failed_count: 0,
    warm_count: 0,
    hit_count: 0,
    not_kept_count: 0,
  });
  expect(drawn({}, { progress: begun }).find((line) => line.includes("  0%"))).toMatch(/^░+ +0% /);
});

test("a rate that was not measured is no zero, and the time left is that of the sentence", () => {
  const running = { bytes_per_second: 0, timestamp: "2026-11-25 11:46:15.000000" };
  const bar = (estimated_finish_at: string) =>
    drawn({}, { progress: progress({ ...running, estimated_finish_at }) }).find((line) => line.includes("62%"));
  expect(bar("2026-11-25 11:46:15.000000")).toMatch(/TB +– +0:10 left$/);
  expect(bar("2026-11-25 11:46:46.000000")).toMatch(/ 0:40 left$/);
});

test("one failed task of thousands is seen, and a bar is full only with all", () => {
  expect(cellsOf({ ...NO_TASK_STATES, warm: 9_999, failed: 1 }, 50)).toEqual({
    ...NO_TASK_STATES,
    warm: 49,
    failed: 1,
  });
  expect(cellsOf({ ...NO_TASK_STATES, warm: 999, waiting: 1 }, 50)).toEqual({
    ...NO_TASK_STATES,
    warm: 49,
    waiting: 1,
  });
  expect(cellsOf({ ...NO_TASK_STATES, warm: 7 }, 50)).toEqual({ ...NO_TASK_STATES, warm: 50 });
  expect(cellsOf(NO_TASK_STATES, 50)).toEqual({ ...NO_TASK_STATES, waiting: 50 });
});

test("many states in a narrow bar leave none with less than nothing", () => {
  const many = { ...NO_TASK_STATES, warm: 25, hit: 25, done: 25, not_kept: 1, failed: 1, under_way: 1, waiting: 22 };
  expect(cellsOf(many, 4)).toEqual({ ...NO_TASK_STATES, done: 1, not_kept: 1, failed: 1, under_way: 1 });
});

test("whatever the shares are, all cells are used and none is negative", () => {
  const share = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(
      fc.tuple(share, share, share, share, share, share, share, share),
      fc.integer({ min: 4, max: 200 }),
      (all, width) => {
        const [warm, hit, regional, done, not_kept, failed, under_way, waiting] = all;
        const cells = TASK_STATES.map(
          (state) => cellsOf({ warm, hit, regional, done, not_kept, failed, under_way, waiting }, width)[state],
        );
        expect(cells.reduce((sum, it) => sum + it, 0)).toBe(width);
        expect(Math.min(...cells)).toBeGreaterThanOrEqual(0);
      },
    ),
    fuzz(100),
  );
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
