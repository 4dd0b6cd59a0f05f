import { expect, test } from "vitest";
import { NotedResults } from "../../../agent/report/result-writer.ts";
import { result } from "../../lambdas/items.ts";

const URL = "https://a.example/1";
const urls = ["br", "gzip", undefined].map((variant) =>
  variant === undefined ? { url: URL, bytes: 1 } : { url: URL, bytes: 1, variant },
);

test("the results of a message stand by URL and variant, in the message's order", async () => {
  const noted = new NotedResults({ write: async () => undefined });
  await noted.write(result("SIN2-P1", URL, { bytes: 3 }));
  await noted.write(result("SIN2-P1", URL, { bytes: 7, variant: "gzip" }));
  expect(noted.of({ urls }).map(({ url, result }) => [url.variant, result])).toMatchObject([
    ["gzip", { bytes: 7 }],
    [undefined, { bytes: 3 }],
  ]);
});

test("a result that cannot be written does not stand", async () => {
  const noted = new NotedResults({ write: () => Promise.reject(new Error("no table")) });
  await expect(noted.write(result("SIN2-P1", URL))).rejects.toThrow("no table");
  expect(noted.of({ urls })).toEqual([]);
});
