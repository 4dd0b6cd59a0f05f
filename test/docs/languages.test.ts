// Documents in two languages show the same code and pictures, and link to the same places.
// If one of these fails, bring docs/zh up to date with what you changed in the English document.
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { prewarmBodySchema } from "../../domain/validation/bodies.ts";
import { anchors, links, pictures } from "./markdown.ts";
import { PATHS, ROOT, read } from "./read-documents.ts";

const CHINESE = PATHS.filter((path) => path.startsWith("docs/zh/"));
const englishOf = (chinese: string) => (chinese === "docs/zh/README.md" ? "README.md" : chinese.replace("/zh/", "/"));

/** The reference is in English; this page explains its main calls, and is no translation of it. */
const OWN_PAGE = "docs/zh/api.md";

/** The fenced blocks of a Markdown document, without what may be translated in them. */
function codeOf(text: string) {
  return [...text.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)].map(([, kind = "", body = ""]) => skeleton(kind, body));
}

/** A shell's comments and a diagram's labels may be translated; all else is the same in every language. */
function skeleton(kind: string, body: string) {
  if (kind === "sh") return `${kind}\n${body.replaceAll(/(^|[ \t]+)# .*$/gm, " #")}`;
  if (kind === "mermaid") return `${kind}\n${body.replaceAll(/"[^"\n]*"/g, '""')}`;
  return `${kind}\n${body}`;
}

/** Which heading of a document has this anchor, counted from 0; -1 if none has. */
function headingNumber(text: string, anchor: string) {
  return [...anchors(text)].indexOf(anchor);
}

/**
 * Where the links of a document lead, sorted; the same for both languages. A link to a document that there is in both is told by the number of
 * its heading, and by whether it leads to the other language.
 */
function destinations(document: string, text: string) {
  const destination = (link: string) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? document : normalize(join(dirname(document), file));
    const english = CHINESE.includes(target) ? englishOf(target) : target;
    if (!CHINESE.map(englishOf).includes(english)) return `${target}#${anchor ?? ""}`;
    const heading = anchor === undefined ? "" : headingNumber(target === document ? text : read(target), anchor);
    const crosses = english !== englishOf(OWN_PAGE) && CHINESE.includes(target) !== CHINESE.includes(document);
    return `${english}#${heading}${crosses ? " in the other language" : ""}`;
  };
  const shown = pictures(text).map(({ target }) => target);
  return links(text)
    .filter((link) => !shown.includes(link))
    .map(destination)
    .sort();
}

/** What a document shows, in its order; the same for both languages. A picture below `zh/` is the Chinese one of another, and stands for it there. */
function shownIn(document: string, text: string) {
  return pictures(text).map(({ target }) => {
    const path = normalize(join(dirname(document), target));
    const english = path.replace("/zh/", "/");
    const chinese = english.replace(/[^/]+$/, "zh/$&");
    const own = CHINESE.includes(document) && existsSync(join(ROOT, chinese)) ? chinese : english;
    return path === own ? english : `${path} instead of ${own}`;
  });
}

describe.each(CHINESE.filter((path) => path !== OWN_PAGE))("%s", (chinese) => {
  const english = englishOf(chinese);

  test("has its code", () => {
    expect(codeOf(read(chinese))).toEqual(codeOf(read(english)));
  });

  test("links to what it links to, in its own language where there is one", () => {
    expect(destinations(chinese, read(chinese))).toEqual(destinations(english, read(english)));
  });

  test("shows what it shows, in its own language where there is such a picture", () => {
    expect(shownIn(chinese, read(chinese))).toEqual(shownIn(english, read(english)));
  });
});

test(`${OWN_PAGE} shows calls of the reference, and a body that the API accepts`, () => {
  const [body, ...blocks] = [...read(OWN_PAGE).matchAll(/^```(?:json|sh)\n([\s\S]*?)^```$/gm)].map(
    ([, code = ""]) => code,
  );
  expect(prewarmBodySchema.safeParse(JSON.parse(body ?? "")).error).toBeUndefined();
  const calls = blocks.flatMap((block) => block.match(/^curl .*$/gm) ?? []);
  expect(calls).toHaveLength(6);
  for (const call of calls) expect(read("docs/api.md")).toContain(call);
});

describe("a translation with faults is found out", () => {
  const code = '```sh\nrun --this   # a comment\n```\n\n```json\n{ "a": 1 }\n```\n';

  test("but not for its own words", () => {
    expect(codeOf(code.replace("a comment", "注释"))).toEqual(codeOf(code));
  });

  test.each([
    ["other code", "--this", "--that"],
    ["a comment that is missing", "   # a comment", ""],
    ["another value", '"a": 1', '"a": 2'],
  ])("%s", (_, before, after) => {
    expect(codeOf(code.replace(before, after))).not.toEqual(codeOf(code));
  });
});
