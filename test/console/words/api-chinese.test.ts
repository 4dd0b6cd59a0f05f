import { describe, expect, it } from "vitest";
import { fieldInChinese, refusalInChinese, warningInChinese } from "../../../console/words/api-chinese.ts";
import { ANSWERS } from "../../../domain/api/answers.ts";
import { WARNING_CODES } from "../../../domain/api/warnings.ts";
import { instancesBodySchema, prewarmBodySchema } from "../../../domain/validation/bodies.ts";

const HAN = /\p{Script=Han}/u;

describe("what the API says by a code is there in Chinese", () => {
  it.each(WARNING_CODES)("warning %s", (code) => expect(warningInChinese(code)).toMatch(HAN));

  it("a code that only a newer release knows is not", () => {
    expect([warningInChinese("new_one"), warningInChinese("toString")]).toEqual([undefined, undefined]);
  });

  it("every status that a route refuses with", () => {
    const statuses = new Set(Object.values(ANSWERS).flatMap((answers) => Object.keys(answers).map(Number)));
    statuses.delete(200);
    for (const status of [...statuses, 413, 429, 503]) expect(refusalInChinese(status, "No"), `${status}`).toMatch(HAN);
  });
});

it("a field that is refused by itself", () => {
  const message = "DesiredCapacity: must be at most 300";
  expect(refusalInChinese(400, message)).toBe(fieldInChinese("DesiredCapacity"));
  expect(refusalInChinese(404, message)).not.toBe(fieldInChinese("DesiredCapacity"));
});

/** The form has no place for these: it names POPs, and makes an estimate of its own. */
const NOT_IN_FORM = ["countries", "regions", "dry_run"];

it("every field of the form that the API may refuse, and of the instances", () => {
  const fields = [...Object.keys(prewarmBodySchema.shape), ...Object.keys(instancesBodySchema.shape)].filter(
    (field) => !["req_id", "force_stop", ...NOT_IN_FORM].includes(field),
  );
  for (const field of fields) expect(fieldInChinese(field), field).toMatch(HAN);
  expect(fieldInChinese("url_lists")).toBeUndefined();
});
