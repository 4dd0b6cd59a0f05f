import { UsageError } from "../../../tools/command-line.ts";
import { listText, parseLabCommand } from "../../../tools/lab/command-line.ts";
import { type LabRun, rowOf, type Scenario, type ScenarioParts, together } from "../../../tools/lab/engine/scenario.ts";
import { isGood, reportText, runScenario } from "../../../tools/lab/run.ts";
import { SCENARIOS } from "../../../tools/lab/scenarios/all.ts";

const good = () => rowOf("it", [["this", 1, "=", 1]]);
const scenario = (parts: Partial<ScenarioParts>): Scenario => ({
  name: "made-up",
  description: "Does nothing.",
  parts: () => ({ load: [], checks: [good], ...parts }),
});
const run = (parts: Partial<ScenarioParts>, scale = 1) =>
  runScenario({ scenario: scenario(parts), seed: 7, scale }, () => undefined);

describe("a scenario", () => {
  it("is good if all its checks hold", async () => {
    const report = await run({});
    expect(isGood(report)).toBe(true);
    expect(reportText(report)).not.toContain("--seed");
  });

  it.each<[string, Partial<ScenarioParts>]>([
    ["a check does not hold", { checks: [good, () => rowOf("it", [["this", 2, "=", 1]])] }],
    ["a check tried nothing", { checks: [() => rowOf("it", [])] }],
    ["it has no checks", { checks: [] }],
    ["a step of the load throws", { load: [() => Promise.reject(new Error("no emulator"))] }],
    [
      "a step of the nemesis throws",
      { load: [({ signal }) => ended(signal)], nemesis: [() => Promise.reject(new Error())] },
    ],
  ])("is wrong, and says how to repeat its choices, if %s", async (_, parts) => {
    const report = await run(parts, 0.5);
    expect(isGood(report)).toBe(false);
    expect(reportText(report)).toContain("npm run lab -- made-up --seed 7 --scale 0.5");
  });

  it("ends its nemesis after the last step of the load", async () => {
    const order: string[] = [];
    const report = await run({
      load: [async () => void order.push("one"), async () => void order.push("two")],
      nemesis: [async ({ signal }) => ended(signal).then(() => void order.push("over"))],
    });
    expect(isGood(report)).toBe(true);
    expect(order).toEqual(["one", "two", "over"]);
  });

  it("names no seed that decides nothing", async () => {
    const load = [async ({ seed }: LabRun) => void seed.draw("it")];
    const unseeded: Scenario = { ...scenario({ load }), isSeeded: false };
    const report = await runScenario({ scenario: unseeded, seed: 7, scale: 1 }, () => undefined);
    expect(report.rows).toMatchObject([
      { observed: "it failed: made-up says that no choice of it depends on the seed" },
    ]);
    expect(reportText(report)).not.toContain("--seed");
    expect(reportText(report)).toContain("no choice of this scenario depends on the seed");
  });

  it("says what failed first, and has ended all steps then", async () => {
    const order: string[] = [];
    const report = await run({
      load: [
        async ({ signal }) => ended(signal).then(() => void order.push("load")),
        async () => void order.push("never"),
      ],
      nemesis: [
        () => Promise.reject(new Error("the first")),
        async ({ signal }) => {
          await ended(signal);
          order.push("nemesis");
          throw new Error("the second");
        },
      ],
    });
    expect(report.rows).toMatchObject([{ observed: "it failed: the first" }]);
    expect(order.toSorted()).toEqual(["load", "nemesis"]);
  });

  it("draws the same for the same seed, in whatever order its parts draw", async () => {
    const drawn = async (names: readonly string[]) => {
      const all = new Map<string, number>();
      const draw =
        (name: string) =>
        async ({ seed }: LabRun) =>
          void all.set(`${name}${all.size}`, seed.draw(name));
      await run({ load: [together(...names.map(draw))] });
      return [...all].map(([name, value]) => `${name[0]} ${value}`).sort();
    };
    const one = await drawn(["a", "b", "a", "b"]);
    expect(new Set(one).size).toBe(4);
    expect(await drawn(["b", "a", "a", "b"])).toEqual(one);
  });
});

async function ended(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await Promise.resolve();
}

describe("the command line", () => {
  const parse = (...args: string[]) => parseLabCommand(args, [scenario({})]);

  it("names a scenario; seed and scale may be given", () => {
    expect(parse("made-up", "--seed", "3", "--scale", "0.2")).toMatchObject({ seed: 3, scale: 0.2 });
    expect(parse("made-up")).toMatchObject({ seed: expect.toSatisfy(Number.isInteger), scale: 1 });
    expect(parse("--list")).toBe("list");
  });

  it.each([
    [["fault"], /Unknown scenario 'fault'; the scenarios are made-up/],
    [[], /Usage: npm run lab/],
    [["made-up", "made-up"], /Unknown scenario/],
    [["made-up", "--scale", "0"], /--scale must be above 0 and at most 1; got '0'/],
    [["made-up", "--scale", "2"], /got '2'/],
    [["made-up", "--scale", "some"], /got 'some'/],
    [["made-up", "--seed", "x"], /--seed must be a whole number; got 'x'/],
    [["made-up", "--speed", "1"], /--speed/],
  ])("%j is refused", (args, says) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(says);
  });

  it("lists every scenario with one sentence", () => {
    const lines = listText(SCENARIOS).split("\n");
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(lines.length);
    for (const line of lines) expect(line).toMatch(/^[a-z-]+ +[A-Z0-9][^.]*(\.\d[^.]*)*\.$/);
  });
});
