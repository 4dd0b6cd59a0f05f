// What a page or a terminal takes from domain/ runs without Node: the words, the catalogue and what is chosen from it.
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const DOMAIN = new URL("../../domain/", import.meta.url);
const all = (folder: string) => readdirSync(new URL(folder, DOMAIN)).map((file) => `${folder}${file}`);
/** It looks at a request's ledger in the recount. */
const NOT_IN_A_BROWSER = ["readiness/survey.ts"];
const FILES = [
  ...[...all("readiness/"), ...all("pops/")].filter((file) => !NOT_IN_A_BROWSER.includes(file)),
  ...["result/failure.ts", "result/outcome.ts", "result/pop-strip.ts", "request/sample-points.ts"],
  ...["request/status.ts", "request/timestamps.ts", "net/urls.ts", "byte-figures.ts"],
];

it.each(FILES)("%s and all that it imports ask for nothing of Node", (file) => {
  const seen = new Set<string>();
  const read = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const text = readFileSync(url, "utf8");
    expect(text, url.href).not.toMatch(/from "node:|\bBuffer\b|\bprocess\./);
    for (const [, path = ""] of text.matchAll(/from "(\.[^"]+)"/g)) read(new URL(path, url));
  };
  read(new URL(file, DOMAIN));
});
