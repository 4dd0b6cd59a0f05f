import { expect, it } from "vitest";
import { askedFor } from "../../../domain/api/progress-view.ts";

const ITEM = { url_count: 2, pops: ["SIN2-P1", "FRA60-P1"], url_prefix: "https://www.example.com/" };

it("tells what was asked for, and no headers", () => {
  const variants = [{ name: "br", header: ["Authorization: secret"] }];
  const said = askedFor({ ...ITEM, verify: "off", order: "lead-first", origin: { concurrency: 3 }, variants });
  expect(said).toEqual({
    url_count: 2,
    url_prefix: "https://www.example.com/",
    pop_count: 2,
    verify: "off",
    order: "lead-first",
    origin: { concurrency: 3 },
    variant_names: ["br"],
  });
});

it("an item that a release before wrote has what that release did", () => {
  const { url_prefix: _, ...old } = ITEM;
  expect(askedFor(old)).toEqual({ url_count: 2, url_prefix: "", pop_count: 2, verify: "edge", order: "all-at-once" });
});
