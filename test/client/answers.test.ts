import * as z from "zod";
import * as read from "../../client/answers.ts";
import {
  instancesSchema,
  instancesSetSchema,
  popsSchema,
  settingsSchema,
} from "../../domain/api/deployment-answers.ts";
import { failureSchema, popProgressSchema, sentSchema } from "../../domain/api/detail-answers.ts";
import { progressSchema, requestsSchema, summarySchema } from "../../domain/api/request-answers.ts";
import { startedSchema } from "../../domain/api/started-answer.ts";
import { warningSchema } from "../../domain/api/warnings.ts";
import { estimateSchema } from "../../domain/cost/estimate.ts";

/** What clients read, and what the API is described to answer. */
const PAIRS: readonly (readonly [string, z.ZodObject, z.ZodObject])[] = [
  ["GET /prewarm", read.progressSchema, progressSchema],
  ["a row of detail=pops", read.popSchema, popProgressSchema],
  ["a reason of detail=failures", read.failureSchema, failureSchema],
  ["detail=sent", read.sentSchema.shape.sent, sentSchema],
  ["the body of detail=sent", read.sentSchema.shape.sent.shape.body, sentSchema.shape.body],
  ["a warning", read.warningSchema, warningSchema],
  ["GET /requests", read.requestsSchema, requestsSchema],
  ["a row of GET /requests", read.listedSchema, requestsSchema.shape.requests.element],
  ["GET /summary", read.summarySchema, summarySchema],
  ["GET /settings", read.settingsSchema, settingsSchema],
  ["GET /instances", read.instancesSchema, instancesSchema],
  ["POST /instances", read.instancesSetSchema, instancesSetSchema],
  ["GET /pops", read.popsSchema, popsSchema],
  ["a POP of the catalogue", read.popsSchema.shape.pops.element, popsSchema.shape.pops.element],
  ["an estimate", read.estimatedSchema.shape.estimate, estimateSchema],
  ["POST /prewarm", read.startedSchema, startedSchema],
];

describe.each(PAIRS)("%s", (_, ours, answer) => {
  it("has no field that the API does not tell", () => {
    expect(Object.keys(answer.shape)).toEqual(expect.arrayContaining(Object.keys(ours.shape)));
  });

  it("is read as it is told: no default takes the place of what is there", () => {
    for (const example of examplesOf(answer)) {
      const seen = ours.parse(example);
      for (const [field, told] of Object.entries(example))
        if (field in ours.shape) expect(told, field).toMatchObject(seen[field] as object);
    }
  });
});

function examplesOf(schema: z.ZodObject): readonly Record<string, unknown>[] {
  return z.array(z.record(z.string(), z.unknown())).parse(schema.meta()?.["examples"] ?? []);
}

it("what a newer release may answer costs no more than what is new in it", () => {
  const [example] = examplesOf(progressSchema);
  const seen = read.progressSchema.parse({
    ...example,
    verdict: "perhaps",
    warnings: [{ code: "new_one", count: 1, message: "Something new", examples: [] }],
    pops: [{ ...examplesOf(popProgressSchema)[0], state: "RESTING" }],
    more: {},
  });
  expect(seen).toMatchObject({
    verdict: undefined,
    warnings: [{ code: "new_one" }],
    pops: [{ state: "IN_PROGRESS" }],
  });
});
