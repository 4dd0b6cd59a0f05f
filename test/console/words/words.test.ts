import { fieldInChinese, findingInChinese, reasonIn, refusalInChinese } from "../../../console/words/api-chinese.ts";
import { FORM_MESSAGES } from "../../../console/words/form-messages.ts";
import { MESSAGES } from "../../../console/words/messages.ts";
import { sayIn } from "../../../console/words/say.ts";
import { ANSWERS } from "../../../domain/api/answers.ts";
import { keysOf } from "../../../domain/collections.ts";
import { FINDINGS } from "../../../domain/distribution/findings.ts";
import { DURATION_MESSAGES } from "../../../domain/durations.ts";
import type { Catalogue } from "../../../domain/messages.ts";
import { READINESS_MESSAGES } from "../../../domain/readiness/messages.ts";
import { REASON_MESSAGES } from "../../../domain/readiness/reasons.ts";
import { planProblem } from "../../../domain/request/caps.ts";
import { instancesBodySchema, prewarmBodySchema } from "../../../domain/validation/bodies.ts";

const CATALOGUES: Readonly<Record<string, Catalogue>> = {
  MESSAGES,
  FORM_MESSAGES,
  READINESS_MESSAGES,
  DURATION_MESSAGES,
};
/** Each once, in order. The compiler checks that a text is given the values of its placeholders, not that it has each of them. */
function placesOf(text: string): readonly (string | undefined)[] {
  const places = [...text.matchAll(/\{(\w+)(?:, plural,(?: \w+ \{[^{}]*\})+)?\}/g)];
  return [...new Set(places.map(([, name]) => name))].sort();
}

it("a text has the same placeholders in both languages", () => {
  const reasons = Object.entries(REASON_MESSAGES).map(([of, rows]): [string, Catalogue] => [of, { ...rows }]);
  for (const [of, rows] of [...Object.entries(CATALOGUES), ...reasons])
    for (const [name, { en, zh }] of Object.entries(rows))
      expect([of, name, ...placesOf(zh)]).toEqual([of, name, ...placesOf(en)]);
});

it("sayIn fills in, in the form of the number", () => {
  const say = sayIn("en");
  expect([say("urlCount", { count: 1 }), say("urlCount", { count: 8_400 })]).toEqual(["1 URL", "8,400 URLs"]);
  expect(say("newest", { count: 1 })).toBe("1 request");
  expect(sayIn("zh")("urlCount", { count: 84 })).toBe("84 个 URL");
});

it("sayIn puts in nothing but what is given, once: a text that looks like a place stays", () =>
  expect(sayIn("en")("retryOf", { id: "{id}" })).toBe("Retry of {id}"));

const HAN = /\p{Script=Han}/u;

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

it("why a request failed", () => {
  const planned = { total_count: 5, transferred: 50 };
  const reasons = [
    planProblem({}, { ...planned, total_count: 0 }, {}),
    planProblem({ max_bytes: 1 }, planned, {}),
    planProblem({}, planned, { maxTasks: 1 }),
    planProblem({}, planned, { maxRequestBytes: 1 }),
  ];
  for (const reason of reasons) {
    expect(reasonIn("en", reason)).toBe(reason);
    expect(reasonIn("zh", reason), reason).toMatch(HAN);
  }
});
