import { expect, it } from "vitest";
import { listedRequestSchema, progressSchema } from "../../../domain/api/request-answers.ts";

it("a request of the list has the fields of GET /prewarm but those for which the index has no room", () => {
  const listed = new Set<string>(listedRequestSchema.keyof().options);
  const missing = progressSchema.keyof().options.filter((name) => !listed.has(name));
  expect(missing.sort()).toEqual(
    [
      ...["sentence", "readiness", "sources", "retry_of", "retried_by"],
      ...["pop_count", "verify", "order", "origin", "variant_names"],
      // What `detail` adds.
      ...["pops", "failures", "samples", "urls"],
    ].sort(),
  );
  const all = new Set<string>(progressSchema.keyof().options);
  expect([...listed].filter((name) => !all.has(name))).toEqual([]);
});
