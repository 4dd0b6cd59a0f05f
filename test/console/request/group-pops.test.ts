import { type Pop, popSchema } from "../../../client/answers.ts";
import { groupPops, popState, troubleFirst, worstOf } from "../../../console/request/group-pops.ts";

const pop = (code: string, rec: string | null, some: Partial<Pop> = {}): Pop => ({
  ...popSchema.parse({ pop: code, rec, state: "IN_PROGRESS" }),
  total_count: 10,
  ...some,
});

it("groupPops puts the POPs of a REC together, the RECs with most first, those without a REC as a group of their own", () => {
  const groups = groupPops([
    pop("BOM1", "Mumbai"),
    pop("SIN1", "Singapore"),
    pop("PVG1", null),
    pop("SIN2", "Singapore"),
  ]);
  expect(groups.map(({ rec, pops }) => [rec, pops.map((it) => it.pop)])).toEqual([
    ["Singapore", ["SIN1", "SIN2"]],
    ["Mumbai", ["BOM1"]],
    [null, ["PVG1"]],
  ]);
});

it("groupPops does not move anything when counts change", () => {
  const before = groupPops([pop("BOM1", "Mumbai"), pop("NRT1", "Tokyo")]);
  const after = groupPops([pop("BOM1", "Mumbai"), pop("NRT1", "Tokyo", { download_count: 9, failed_count: 9 })]);
  expect(after.map(({ rec }) => rec)).toEqual(before.map(({ rec }) => rec));
});

it("groupPops adds up, and 100 per cent means all", () => {
  const [group] = groupPops([
    pop("SIN1", "Singapore", { total_count: 1_000, download_count: 1_000, warm_count: 999, failed_count: 1 }),
    pop("SIN2", "Singapore", { total_count: 1_000, download_count: 1_000, warm_count: 1_000 }),
  ]);
  expect(group).toMatchObject({
    percent: 99,
    share: 99.95,
    bad: 1,
    notWarm: 1,
    outcomes: { warm: 1_999, failed: 1 },
  });
});

test("at the end what was not tried is not warm; while it runs it waits", () => {
  const some = { total_count: 10, download_count: 4, warm_count: 3, failed_count: 1 };
  const groups = groupPops([pop("SIN1", "Singapore", { ...some, state: "UNFINISHED" }), pop("BOM1", "Mumbai", some)]);
  expect(groups.map(({ rec, bad, notWarm }) => [rec, bad, notWarm])).toEqual([
    ["Mumbai", 1, 1],
    ["Singapore", 1, 7],
  ]);
});

test("at the end those with trouble stand first, and else the order stays", () => {
  const failed = { total_count: 10, download_count: 10, failed_count: 1 };
  const groups = groupPops([pop("SIN1", "Singapore"), pop("SIN2", "Singapore"), pop("BOM1", "Mumbai", failed)]);
  expect(troubleFirst(groups).map(({ rec }) => rec)).toEqual(["Mumbai", "Singapore"]);
  expect(groups.map(({ rec }) => rec)).toEqual(["Singapore", "Mumbai"]);
});

it.each([
  [{ state: "NOT_RESOLVED", total_count: 0 }, "waiting"],
  [{}, "waiting"],
  [{ download_count: 1, warm_count: 1 }, "under_way"],
  [{ download_count: 1, warm_count: 1, state: "UNFINISHED" }, "waiting"],
  [{ download_count: 1, failed_count: 1, state: "UNFINISHED" }, "failed"],
  [{ download_count: 10, warm_count: 10 }, "warm"],
  [{ download_count: 10, warm_count: 9, hit_count: 1 }, "hit"],
  [{ download_count: 10, warm_count: 9 }, "done"],
  [{ download_count: 2, failed_count: 2, not_kept_count: 2 }, "not_kept"],
  [{ download_count: 3, failed_count: 3, not_kept_count: 2 }, "failed"],
  [{ download_count: 10, warm_count: 5, hit_count: 3, regional_count: 2 }, "regional"],
] as const)("worstOf: %o is %s", (some, worst) =>
  expect(worstOf(popState(pop("SIN1", "Singapore", some)))).toBe(worst),
);

test("a URL that could not be read is cold at every POP that has tasks", () => {
  const warm = { download_count: 10, warm_count: 10 };
  const rows = [pop("SIN1", "Singapore", warm), pop("BOM1", null, { state: "NOT_RESOLVED", total_count: 0 })];
  const [one, other] = groupPops(rows, { url_count: 5, unreadable_urls: 1 }).flatMap(({ pops }) => pops);
  const [plain] = groupPops(rows, { url_count: 5 }).flatMap(({ pops }) => pops);
  expect(one?.bad).toBeGreaterThan(plain?.bad ?? Number.NaN);
  expect(one?.percent).toBeLessThan(plain?.percent ?? Number.NaN);
  expect(one === undefined ? "" : worstOf(one)).toBe("failed");
  expect(other?.bad).toBe(0);
});
