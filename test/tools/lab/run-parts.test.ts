import { describe, expect, it } from "vitest";
import { parseLabOptions } from "../../../tools/lab/options.ts";
import type { LabPart, LabRow } from "../../../tools/lab/part.ts";
import { labReport, runParts, wrongIn } from "../../../tools/lab/run-parts.ts";

const row = (changes: Partial<LabRow> = {}): LabRow => ({
  what: "bodies",
  tried: 10,
  wrong: 0,
  saw: "400: 10",
  ...changes,
});
const part = (name: string, rows: readonly LabRow[] | Error): LabPart => ({
  name,
  run: async () => {
    if (rows instanceof Error) throw rows;
    return rows;
  },
});
const lab = (...parts: LabPart[]) => runParts(parts, 1, () => undefined);

describe("the lab", () => {
  it("has a table of all rows and, as its last line, the counts", async () => {
    const reports = await lab(
      part("api", [row(), row({ what: "a longer name", tried: 5 })]),
      part("agent", [row({ saw: "" })]),
    );
    expect(wrongIn(reports)).toBe(0);
    expect(labReport(reports).split("\n")).toEqual([
      "part   what             tried   wrong  saw",
      "api    bodies              10       0  400: 10",
      "api    a longer name        5       0  400: 10",
      "agent  bodies              10       0",
      "2 parts, 3 rows, 25 tried, 0 wrong",
    ]);
  });

  it("fails for a part that is wrong on purpose", async () => {
    const reports = await lab(part("api", [row()]), part("agent", [row({ wrong: 3 })]));
    expect(wrongIn(reports)).toBe(3);
    expect(labReport(reports)).toMatch(/\n2 parts, 2 rows, 20 tried, 3 wrong$/);
  });

  it("fails for a part that throws, and runs the others", async () => {
    const reports = await lab(part("api", new Error("no emulator\nlong output")), part("agent", [row()]));
    expect(wrongIn(reports)).toBe(1);
    expect(reports[0]?.rows[0]?.saw).toBe("it failed: no emulator");
    expect(reports[1]?.rows).toEqual([row()]);
  });

  it("fails for a part that tried nothing", async () => {
    expect(wrongIn(await lab(part("api", [])))).toBe(1);
    expect(wrongIn(await lab(part("api", [row({ tried: 0 })])))).toBe(1);
  });

  it("tells each part how much of it to do", async () => {
    const scales: number[] = [];
    const run: LabPart["run"] = async (_, { scale }) => {
      scales.push(scale);
      return [row()];
    };
    await runParts([{ name: "noting", run }], 0.02, () => undefined);
    expect(scales).toEqual([0.02]);
  });
});

describe("the lab's command line", () => {
  const names = ["web-page", "bodies"];

  it("takes all parts, whole, unless told otherwise", () => {
    expect(parseLabOptions([], names)).toEqual({ scale: 1, parts: names });
    expect(parseLabOptions(["--scale", "0.02", "--part", "bodies"], names)).toEqual({
      scale: 0.02,
      parts: ["bodies"],
    });
    expect(parseLabOptions(["--part", "bodies", "--part", "web-page"], names).parts).toEqual(names);
  });

  it.each([
    [["--scale", "0"], /--scale must be above 0 and at most 1, not '0'/],
    [["--scale", "2"], /not '2'/],
    [["--scale", "some"], /not 'some'/],
    [["--part", "pages"], /no part 'pages'.*web-page, bodies/],
    [["--speed", "1"], /--speed/],
  ])("refuses %j", (args, says) => {
    expect(() => parseLabOptions(args, names)).toThrow(says);
  });
});
