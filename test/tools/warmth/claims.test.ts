import { describe, expect, it } from "vitest";
import type { Holder } from "../../../tools/edge/tiers.ts";
import { Claims } from "../../../tools/warmth/claims.ts";

const edge = (held: readonly Holder[]) => ({
  holders: (path: string) => (path === "/a.bin?v=1" ? [...held] : []),
  addressesOf: () => ["127.77.0.1", "127.77.0.2"],
});
const atPop = (address: string): Holder => ({ layer: "pop", pop: "SIN2-P1", address, form: "" });
const atRec: Holder = { layer: "rec", rec: "Singapore", form: "" };
const claim = { pop: "SIN2-P1", url: "https://www.example.com/a.bin?v=1", address: "127.77.0.1" };

describe("what agents claim", () => {
  it("warm is true where the POP's cache has it at that address", () => {
    const claims = new Claims();
    const row = claims.row("edge", [{ ...claim, outcome: "warm" }], edge([atPop("127.77.0.1")]));
    expect(row).toMatchObject({ tried: 1, wrong: 0 });
    expect(claims.falseWarm).toBe(0);
  });

  it("warm is false where only another address or the REC has it", () => {
    const claims = new Claims();
    const row = claims.row("edge", [{ ...claim, outcome: "warm" }], edge([atPop("127.77.0.2"), atRec]));
    expect(row).toMatchObject({ tried: 1, wrong: 1, saw: expect.stringContaining("warm /a.bin?v=1 at SIN2-P1") });
    expect(claims.falseWarm).toBe(1);
  });

  it("at every address is false where one of them has it not", () => {
    const claims = new Claims();
    const warm = { ...claim, outcome: "warm" as const, addresses: "2 of 2" };
    claims.row("addresses", [warm], edge([atPop("127.77.0.1")]));
    expect(claims.falseWarm).toBe(1);
    claims.row("addresses", [warm], edge([atPop("127.77.0.1"), atPop("127.77.0.2")]));
    expect(claims.falseWarm).toBe(1);
  });

  it("a hit may be the REC's, and is false where nobody has it; it is no false warm", () => {
    const claims = new Claims();
    const hit = { ...claim, outcome: "hit" as const };
    expect(claims.row("untold", [hit], edge([atRec]))).toMatchObject({ tried: 1, wrong: 0 });
    expect(claims.row("untold", [hit], edge([]))).toMatchObject({ tried: 1, wrong: 1 });
    expect(claims.falseWarm).toBe(0);
  });

  it("what is not claimed is not tried", () => {
    const row = new Claims().row("edge", [{ ...claim, outcome: "not_kept" }], edge([]));
    expect(row).toMatchObject({ tried: 0, wrong: 0 });
  });
});
