import { NO_UNCACHEABLE_URLS, requestItemSchema, withUncacheable } from "../../../domain/request/request-item.ts";
import { request } from "../../lambdas/items.ts";

it("all are counted, and the first three are kept as examples, none of them long", () => {
  let doubtful = NO_UNCACHEABLE_URLS;
  for (let n = 0; n < 60_000; n++) doubtful = withUncacheable(doubtful, `https://a.example/${n}`, "Vary: *");
  expect(doubtful).toEqual({
    count: 60_000,
    examples: [0, 1, 2].map((n) => `Vary: * of https://a.example/${n}`),
  });
  expect(
    withUncacheable(NO_UNCACHEABLE_URLS, `https://a.example/${"x".repeat(8_000)}`, "Vary: *").examples[0],
  ).toHaveLength(300);
});

it.each([{}, "many", { count: "2", examples: [] }, undefined])("an item that says it otherwise is read: %j", (odd) =>
  expect(requestItemSchema.parse({ ...request(), may_not_be_kept: odd }).may_not_be_kept).toBeUndefined(),
);
