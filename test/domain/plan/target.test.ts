import { candidatesFor, recGroups, targetKey } from "../../../domain/plan/target.ts";
import { times } from "../../collect.ts";
import { target } from "../../lambdas/items.ts";

const TOKYO = ["NRT57-P3", "KIX50-C1", "NRT20-C1"];
const POPS = [TOKYO[0], "FRA56-P4", TOKYO[1], "PVG52-E1", "QQQ1-C1", TOKYO[2], "SZX51-E1"].map((pop) => pop ?? "");
const URLS = times(300, (i) => `https://cdn.example.com/${i}.css`);
const groups = (pops = POPS) => recGroups(pops.map((pop) => target(pop)));
const names = (line: readonly { readonly pop: string }[]) => line.map(({ pop }) => pop);

it("the targets of a distribution are together by their RECs; a POP whose REC nobody knows is alone", () =>
  expect(groups().map(names)).toEqual([TOKYO, ["FRA56-P4"], ["PVG52-E1"], ["QQQ1-C1"], ["SZX51-E1"]]));

it("the targets of a distribution stand so that neighbours are of different sites: one site in trouble does not decide for the others", () => {
  const sites = ["NRT", "KIX"];
  const pops = sites.flatMap((site) => times(6, (i) => `${site}${i + 1}-P1`));
  for (const group of groups(pops)) {
    const line = names(group).map((pop) => pop.slice(0, 3));
    for (const [i, site] of line.entries()) expect(site).not.toBe(line[(i + 1) % line.length]);
  }
});

it("the targets of a distribution: of a REC with very many are several groups: a message names all of one", () => {
  const many = times(150, (i) => `NRT${i + 1}-P1`);
  const sizes = groups([...many, "FRA56-P4"]).map((group) => group.length);
  expect(sizes).toEqual([64, 64, 22, 1]);
});

it("the targets of a distribution are none where none resolved", () => expect(groups([])).toEqual([]));

describe("who leads a URL", () => {
  const [tokyo = []] = groups();
  const candidates = (url: string) => names(candidatesFor(url, tokyo));

  it("is the same each time, and the others follow in their turn", () => {
    for (const url of URLS) {
      const line = candidates(url);
      expect(candidates(url)).toEqual(line);
      expect(`${TOKYO.join()},${TOKYO.join()}`).toContain(line.join());
      expect(line).toHaveLength(3);
    }
  });

  it("is each POP about as often as any other", () => {
    const led = TOKYO.map((pop) => URLS.filter((url) => candidates(url)[0] === pop).length);
    for (const count of led) expect(Math.abs(count - 100)).toBeLessThan(35);
  });
});

it("a target is a POP and a distribution", () =>
  expect(targetKey("SIN2-P1", "d111111abcdef8")).toBe("SIN2-P1#d111111abcdef8"));
