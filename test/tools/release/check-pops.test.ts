// The check as a whole, and the parts that it is made of, against a DNS server on loopback.
import { POP_CODE, POP_CODES, type PopCode } from "../../../domain/pops/pop-codes.ts";
import { Dns } from "../../../probe/dns.ts";
import { lookUnder } from "../../../probe/pop-lookup.ts";
import { Distributions } from "../../../tools/edge/distributions.ts";
import { startDnsServer } from "../../../tools/edge/dns.ts";
import { checkPops, findingsOf, firstCodesOf, neighboursOf } from "../../../tools/release/check-pops.ts";
import { ran } from "../../spawned.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

const clock = useVirtualClock({ idleMs: 2 });

const LABEL = "d111111abcdef8";

/** A DNS in which these POPs have an address under {@link LABEL}. */
async function dnsWith(pops: readonly string[]) {
  const server = await startDnsServer({
    distributions: new Distributions([{ domain: `${LABEL}.cloudfront.net` }]),
    addressesOf: new Map(pops.map((pop) => [pop, ["127.0.0.2"]])),
    nearest: [],
  });
  onTestFinished(() => server.close());
  return server;
}

const lookAt = (address: string, perSecond = 500) =>
  lookUnder(LABEL, new Dns({ servers: [address], allowPrivateAddresses: true }), perSecond);

const KNOWN: readonly PopCode[] = [
  { pop: "BOM51-C1", basis: "listed" },
  { pop: "SIN2-P1", basis: "observed" },
  { pop: "SIN52-C2", basis: "listed" },
];

describe("neighbours", () => {
  it("are the numbers around, the first of each kind there, and those of the facilities around", () => {
    expect(neighboursOf("SIN2-P3")).toEqual([
      ...["SIN2-P1", "SIN2-P2", "SIN2-P4", "SIN2-P5"],
      ...["SIN1-C1", "SIN1-P1", "SIN3-C1", "SIN3-P1", "SIN4-C1", "SIN4-P1", "SIN2-C1"],
    ]);
  });

  it("stay within the form of a code, and of China's kind in China", () => {
    expect(neighboursOf("GRU1-P99")).not.toContain("GRU1-P100");
    expect(neighboursOf("PVG52-E1")).toEqual(
      ["52-E2", "52-E3", "50-E1", "51-E1", "53-E1", "54-E1"].map((code) => `PVG${code}`),
    );
    expect(neighboursOf("no code")).toEqual([]);
    for (const pop of [...POP_CODES.flatMap((code) => neighboursOf(code.pop)), ...firstCodesOf("BCN")]) {
      expect(pop).toMatch(POP_CODE);
    }
  });
});

describe("a check", () => {
  it("finds what is dead and what is new, also beside what is new, and at sites without a code", async () => {
    const { address } = await dnsWith(["BOM51-C1", "SIN2-P1", "SIN2-P2", "SIN2-P4", "SIN2-P6", "BCN50-P1", "SIN9-P1"]);
    const checked = await checkPops(KNOWN, ["BCN"], lookAt(address));
    expect(checked).toMatchObject({
      dead: [{ pop: "SIN52-C2", basis: "listed" }],
      // SIN9-P1 is too far away from all that is known.
      found: ["BCN50-P1", "SIN2-P2", "SIN2-P4", "SIN2-P6"],
      unclear: [],
    });
    expect(findingsOf(checked, KNOWN.length)).toEqual([
      `${checked.asked} names asked for: of 3 known codes 1 dead, 4 new, 0 names unclear`,
      "",
      "Dead. Take these lines out of domain/pops/pop-codes.ts:",
      '    "SIN52-C2", // listed; also in regions.ts: apac',
      "",
      "New. Put these lines into `resolved` of domain/pops/pop-codes.ts, in order:",
      '    "BCN50-P1",',
      '    "SIN2-P2",',
      '    "SIN2-P4",',
      '    "SIN2-P6",',
    ]);
  });

  it("asks for no name twice", async () => {
    const server = await dnsWith(KNOWN.map(({ pop }) => pop));
    const { asked } = await checkPops(KNOWN, [], lookAt(server.address));
    // And three that cannot exist.
    expect(server.queries()).toBe(asked + 3);
  });

  it("takes no code for dead that the DNS says nothing of", async () => {
    const checked = await checkPops(KNOWN, [], async (pop) => {
      if (pop === "SIN2-P1") return { unclear: "ETIMEOUT" };
      return pop === "BOM51-C1" ? "alive" : "dead";
    });
    expect(checked.dead.map(({ pop }) => pop)).toEqual(["SIN52-C2"]);
    expect(checked.unclear).toEqual([{ pop: "SIN2-P1", why: "ETIMEOUT" }]);
    expect(findingsOf(checked, 3).slice(-2)).toEqual([
      "Unclear: the DNS did not say. Ask again.",
      "  SIN2-P1 ETIMEOUT",
    ]);
  });

  it("stops where the answers say nothing of POPs", async () => {
    await expect(checkPops(KNOWN, [], async () => "alive")).rejects.toThrow("has an address for ZZZ99-P99");
    await expect(checkPops(KNOWN, [], async () => "dead")).rejects.toThrow("No known code resolves");
    await expect(checkPops(KNOWN, [], async () => ({ unclear: "ETIMEOUT" }))).rejects.toThrow("not answer: ETIMEOUT");
  });

  it("asks so many a second at the most", async () => {
    const server = await dnsWith(["SIN2-P1"]);
    const look = lookAt(server.address, 50);
    const begun = performance.now();
    await Promise.all(Array.from({ length: 21 }, () => look("SIN2-P1")));
    expect(performance.now() - begun).toBeGreaterThanOrEqual(390);
  });
});

describe("npm run pops:check", () => {
  const check = (...args: string[]) =>
    clock.frozen(() => ran(process.execPath, ["--import", "tsx", "tools/release/pops.ts", ...args]));
  const CHINA = POP_CODES.map(({ pop }) => pop).filter((pop) => pop.includes("-E"));

  // China's codes are few, and are asked for in the same way as all others.
  it("ends with 0 where the DNS has the catalogue and no more, and with 1 where it differs", {
    timeout: 60_000,
  }, async () => {
    const same = await dnsWith(CHINA);
    const asked = ["--china", "--label", LABEL, "--rate", "500", "--server"];
    expect(await check(...asked, same.address)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/of \d+ known codes 0 dead, 0 new, 0 names unclear/),
    });
    const [first = "", ...others] = CHINA;
    const other = await dnsWith([...others, "PVG52-E2"]);
    const differs = await check(...asked, other.address);
    expect(differs.code).toBe(1);
    expect(differs.stdout).toContain(`"${first}", // `);
    expect(differs.stdout).toContain('"PVG52-E2",\n');
  });

  it.each([
    [["--server", "127.0.0.1"], /--label is needed/],
    [["--label", "d1", "--rate", "0"], /--rate is a whole number/],
    [["--label", "d1", "--server", "dns.example"], /--server is an IP address/],
    [["--label", "d1", "--fast"], /'--fast'/],
  ])("%j make no sense: 2", { timeout: 30_000 }, async (args, says) => {
    const { code, stderr } = await check(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
    expect(stderr).not.toContain("at parse");
  });
});
