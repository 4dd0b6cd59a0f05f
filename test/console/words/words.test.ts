import {
  capInChinese,
  fieldInChinese,
  findingInChinese,
  reasonIn,
  refusalInChinese,
  warningInChinese,
} from "../../../console/words/api-chinese.ts";
import { FORM_MESSAGES } from "../../../console/words/form-messages.ts";
import { MESSAGES } from "../../../console/words/messages.ts";
import { sayIn } from "../../../console/words/say.ts";
import { ANSWERS } from "../../../domain/api/answers.ts";
import { WARNING_CODES } from "../../../domain/api/warnings.ts";
import { keysOf } from "../../../domain/collections.ts";
import { FINDINGS } from "../../../domain/distribution/findings.ts";
import { DURATION_MESSAGES } from "../../../domain/durations.ts";
import type { Catalogue } from "../../../domain/messages.ts";
import { READINESS_MESSAGES } from "../../../domain/readiness/messages.ts";
import { REASON_MESSAGES } from "../../../domain/readiness/reasons.ts";
import { CAPS, planProblem } from "../../../domain/request/caps.ts";
import { instancesBodySchema, prewarmBodySchema } from "../../../domain/validation/bodies.ts";

const CATALOGUES: Readonly<Record<string, Catalogue>> = {
  MESSAGES,
  FORM_MESSAGES,
  READINESS_MESSAGES,
  DURATION_MESSAGES,
};
const ROWS = [
  ...Object.entries(CATALOGUES).flatMap(([of, rows]) => Object.entries(rows).map(([name, row]) => ({ name, row, of }))),
  ...Object.entries(REASON_MESSAGES).flatMap(([of, rows]) =>
    Object.entries(rows).map(([name, row]) => ({ name, row, of })),
  ),
];
/** A text with its plural forms taken out, and what it has of them. */
const partsOf = (text: string) => {
  const plurals = [...text.matchAll(/\{(\w+), plural,((?: \w+ \{[^{}]*\})+)\}/g)];
  const rest = plurals.reduce((left, [plural, name = ""]) => left.replace(plural, `{${name}}`), text);
  const forms = plurals.map(([, , all = ""]) => [...all.matchAll(/ (\w+) \{/g)].map(([, form]) => form));
  return { rest, forms, places: [...new Set(rest.match(/\{\w+\}/g))].sort() };
};

it.each(ROWS)(
  "$of $name has the same placeholders in both languages, all plural forms, and nothing left over",
  ({ row }) => {
    const [en, zh] = [partsOf(row.en), partsOf(row.zh)];
    expect(zh.places).toEqual(en.places);
    for (const forms of en.forms) expect(forms).toEqual(["one", "other"]);
    for (const forms of zh.forms) expect(forms).toEqual(["other"]);
    for (const text of [en, zh]) expect(text.rest.replaceAll(/\{\w+\}/g, "")).toMatch(/^[^{}#]*$/);
    expect(Math.min(row.en.length, row.zh.length)).toBeGreaterThan(0);
  },
);

it("each text of a catalogue appears once", () => {
  for (const [of, rows] of Object.entries(CATALOGUES)) {
    const texts = Object.values(rows).map(({ en, zh }) => `${en} | ${zh}`);
    expect([of, texts.filter((text, at) => texts.indexOf(text) < at)]).toEqual([of, []]);
  }
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

it("what bounds a deployment, and why a request failed", () => {
  for (const name of keysOf(CAPS)) expect(capInChinese(name)?.bounds, name).toMatch(HAN);
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
