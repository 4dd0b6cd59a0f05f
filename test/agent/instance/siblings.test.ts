import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSibling, memoryIsTight, memoryShare, Siblings } from "../../../agent/instance/siblings.ts";
import { eventually } from "../../virtual-clock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "siblings-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** A program that notes how it was started, and does then what it is told. */
function program(then: string): string {
  const file = join(folder, "program.mjs");
  const note = `appendFileSync(${JSON.stringify(join(folder, "log"))}, process.argv.slice(2) + " " + process.env.NAME + "\\n")`;
  writeFileSync(file, `import { appendFileSync } from "node:fs";\n${note};\n${then}\n`);
  return file;
}

const log = () => {
  try {
    return readFileSync(join(folder, "log"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
};

test("as many as wanted, each knowing what it is, until they are stopped", async () => {
  const crashes: unknown[] = [];
  const siblings = new Siblings(
    program("setInterval(() => {}, 1000)"),
    { ...process.env, NAME: "i-1" },
    (code) => void crashes.push(code),
  );
  siblings.start(3);
  await eventually(() => log().length).toBe(3);
  expect(log()).toEqual(Array(3).fill("sibling i-1"));
  siblings.stop();
  await siblings.ended();
  expect(crashes).toEqual([]);
});

test("one that crashes is started again after a while; once stopped, none is", async () => {
  const crashes: unknown[] = [];
  const siblings = new Siblings(program("process.exit(7)"), process.env, (code) => void crashes.push(code));
  const pauses: (number | undefined)[] = [];
  const { setTimeout: wait } = globalThis;
  vi.spyOn(globalThis, "setTimeout").mockImplementation((then, ms) => {
    pauses.push(ms);
    return wait(then, Math.min(ms ?? 0, 10));
  });
  siblings.start(1);
  await eventually(() => log().length).toBe(2);
  expect(pauses).toContain(2_000);
  await eventually(() => crashes.slice(0, 2)).toEqual([7, 7]);
  siblings.stop();
  await siblings.ended();
});

test("none is wanted on one core", async () => {
  const siblings = new Siblings(program(""), process.env, () => undefined);
  siblings.start(0);
  siblings.stop();
  await siblings.ended();
  expect([isSibling(["node", "main.mjs"]), isSibling(["node", "main.mjs", "sibling"])]).toEqual([false, true]);
});

test("memory is tight from four fifths of the share on", () => {
  expect(memoryIsTight(1_000, 800)).toBe(false);
  expect(memoryIsTight(1_000, 801)).toBe(true);
  expect(memoryIsTight(memoryShare(1))).toBe(false);
  expect(memoryIsTight(process.memoryUsage.rss())).toBe(true);
});
