import { PassThrough } from "node:stream";
import { SHAPES } from "../../../cli/live/glyphs.ts";
import { screen } from "../../../cli/watch/screen.ts";
import { progress } from "../progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FAILURE = {
  code: "timeout" as const,
  subject: "task" as const,
  tasks: 2,
  pops: 1,
  urls: 2,
  examples: [{ url: "https://www.example.com/a", pop: "SIN2-P1", error: "slow" }],
};
const HINT = "Ctrl-C leaves it running.";

function terminal() {
  const out = Object.assign(new PassThrough(), { columns: 100, rows: 30, isTTY: true });
  const look = {
    glyphs: SHAPES,
    paint: (_: unknown, text: string) => text,
    listed: undefined,
    hint: HINT,
    sentenceOf: () => "",
  };
  const display = screen(out, look);
  return { display, written: () => String(out.read() ?? "") };
}

test("a frame with more lines, or fewer, is written as a whole: nothing of the one before is left, and nothing lacks", () => {
  const { display, written } = terminal();
  display.show(progress({ failures: [] }));
  expect(written()).toContain(HINT);
  display.show(progress({ failures: [FAILURE] }));
  expect(written()).toMatch(/Timeout.*Ctrl-C leaves it running/s);
  display.show(progress({ failures: [] }));
  expect(written()).toContain(HINT);
  display.close();
});

test("a frame with as many lines writes what has changed alone", () => {
  const { display, written } = terminal();
  display.show(progress({ download_count: 1 }));
  written();
  display.show(progress({ download_count: 2, warm_count: 2 }));
  expect(written()).not.toContain(HINT);
  display.close();
});
