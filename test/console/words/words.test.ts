import {
  fieldInChinese,
  findingInChinese,
  refusalInChinese,
  warningInChinese,
} from "../../../console/words/api-chinese.ts";
import { ZH } from "../../../console/words/chinese.ts";
import { EN } from "../../../console/words/english.ts";
import { sayIn } from "../../../console/words/say.ts";
import type { Text } from "../../../console/words/table.ts";
import { ANSWERS } from "../../../domain/api/answers.ts";
import { WARNING_CODES } from "../../../domain/api/warnings.ts";
import { keysOf } from "../../../domain/collections.ts";
import { FINDINGS } from "../../../domain/distribution/findings.ts";
import { instancesBodySchema, prewarmBodySchema } from "../../../domain/validation/bodies.ts";

const formsOf = (text: Text) => (typeof text === "string" ? [text] : [text.one, text.other]);
const places = (text: Text) => new Set(formsOf(text).flatMap((form) => form.match(/\{\d\}/g) ?? []));

it.each(Object.entries(EN))("every text: %s has the same places in both languages", (name, text) => {
  const chinese = new Map<string, Text>(Object.entries(ZH)).get(name) ?? "";
  expect(places(chinese)).toEqual(places(text));
  expect(formsOf(chinese).join("")).not.toBe("");
});

it("sayIn fills in, in the form of the number", () => {
  const say = sayIn("en");
  expect([say("urlCount", ["1"], 1), say("urlCount", ["84"], 84)]).toEqual(["1 URL", "84 URLs"]);
  expect(say("newest", ["1"], 1)).toBe("1 request");
  expect(sayIn("zh")("urlCount", ["84"], 84)).toBe("84 个 URL");
});

it("sayIn puts in nothing but what is given, once: a text that looks like a place stays", () =>
  expect(sayIn("en")("retryOf", ["{0}"])).toBe("retry of {0}"));

const HAN = /\p{Script=Han}/u;

it.each(WARNING_CODES)("the warning %s is there in Chinese", (code) => expect(warningInChinese(code)).toMatch(HAN));

it.each(keysOf(FINDINGS))("what is found as %s is there in Chinese, as a warning and as a refusal", (code) => {
  expect(findingInChinese(`${code}: says more`)).toMatch(HAN);
  expect(refusalInChinese(400, `${code}: says more`)).toBe(findingInChinese(`${code}: `));
});

it("what the API says by a code is there in Chinese: every status that a route refuses with", () => {
  const statuses = new Set(Object.values(ANSWERS).flatMap((answers) => Object.keys(answers).map(Number)));
  statuses.delete(200);
  for (const status of [...statuses, 413, 429, 503]) expect(refusalInChinese(status, "No"), `${status}`).toMatch(HAN);
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
