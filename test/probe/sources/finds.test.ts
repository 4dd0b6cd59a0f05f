import { describe, expect, it } from "vitest";
import { Finds } from "../../../probe/sources/finds.ts";

describe("what a document names and is not wanted", () => {
  const elsewhere = (length: number, count: number) =>
    Array.from({ length: count }, (_, i) => `https://other.test/${i}-`.padEnd(length, "x"));

  it("counts once, however often it is named", () => {
    const finds = new Finds({ room: 10, refuses: () => "other_host" });
    const urls = elsewhere(100, 500);
    for (const url of [...urls, ...urls]) finds.add(url, undefined, true);
    expect(finds.leftOut).toEqual({ other_host: 500 });
  });

  it("is remembered up to some megabytes, and counts anew beyond", () => {
    const finds = new Finds({ room: 10, refuses: () => "other_host" });
    const urls = elsewhere(8_000, 2_000);
    for (const url of [...urls, ...urls]) finds.add(url, undefined, true);
    expect(finds.leftOut.other_host).toBeGreaterThan(2_500);
    expect(finds.leftOut.other_host).toBeLessThan(3_000);
  });
});
