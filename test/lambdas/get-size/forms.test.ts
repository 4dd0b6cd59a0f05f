import { describe, expect, it } from "vitest";
import { badIn, formsOf } from "../../../lambdas/get-size/forms.ts";

const URL = "https://cdn.example.com/a";
const of = (names: readonly (string | undefined)[], answers: Parameters<typeof formsOf>[2]) =>
  formsOf(URL, names, answers, names);

describe("the forms of a URL", () => {
  it("without variants are one, and its rows name none", () => {
    expect(of([undefined], [{ size: 7 }])).toEqual({
      ...{ good: [{ url: URL, bytes: 7 }], bad: [], unasked: 0, obstacle: undefined },
    });
    expect(of([undefined], [{ problem: "HTTP 404" }])).toMatchObject({ bad: [{ url: URL, problem: "HTTP 404" }] });
    expect(of([undefined], [{ problem: "HTTP 404" }]).bad[0]).not.toHaveProperty("variant");
  });

  it("are good or bad each, in the order of the variants; what has not answered is good, its size unknown", () => {
    expect(of(["br", "gzip", "plain"], [{ size: 7 }, { problem: "HTTP 406" }, undefined])).toEqual({
      good: [
        { url: URL, bytes: 7, variant: "br" },
        { url: URL, bytes: null, variant: "plain" },
      ],
      bad: [{ url: URL, problem: "HTTP 406", variant: "gzip" }],
      ...{ unasked: 1, obstacle: undefined },
    });
  });

  it("that are all bad are one row if the reason is the same, else one each", () => {
    const [gone, refused] = [{ problem: "HTTP 404" }, { problem: "HTTP 406" }];
    expect(of(["br", "gzip"], [gone, gone]).bad).toEqual([{ url: URL, problem: "HTTP 404", variant: "" }]);
    expect(of(["br", "gzip"], [gone, refused]).bad.map(({ variant }) => variant)).toEqual(["br", "gzip"]);
    // One variant alone is a variant, too.
    expect(of(["br"], [gone]).bad).toEqual(badIn(URL, "HTTP 404", ["br"], ["br"]));
  });

  it("tell a header that is in the way if one of them has it", () => {
    expect(of(["br", "gzip"], [{ size: 7 }, { size: 7, obstacle: "Vary: *" }]).obstacle).toBe("Vary: *");
  });
});
