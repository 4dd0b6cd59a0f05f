import { gzipSync } from "node:zlib";
import { tabIcons } from "../../console/parts/tab-icon.ts";
import { consoleFiles } from "../../lib/bundling.ts";

const files = consoleFiles();
const page = files["index.html"] ?? "";

const scripts = Object.keys(files).filter((name) => name.endsWith(".js"));

test("scripts and a style with a hash in their names, the page, its icon and the licences of what is bundled", () => {
  const others = Object.keys(files).filter((name) => !scripts.includes(name) && !(name in tabIcons()));
  expect(others.sort()).toEqual([
    "icon.svg",
    "index.html",
    "licences.txt",
    expect.stringMatching(/^page-[0-9A-Z]{8}\.css$/),
  ]);
  for (const name of scripts) expect(name).toMatch(/^[\w-]+-[0-9A-Z]{8}\.js$/);
  expect(files["licences.txt"]).toMatch(/modern-normalize[\s\S]*preact[\s\S]*zod/);
});

/** What a script fetches at once, itself included. What stands in `import(…)` comes later. */
function atOnce(name: string): string[] {
  const imported = [...(files[name] ?? "").matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, file = ""]) => file);
  return [name, ...imported.flatMap(atOnce)];
}

test("the page names two of them by relative paths, and has no script or style of its own", () => {
  const linked = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  const entries = Object.keys(files).filter((name) => /^(main|page)-\w{8}\./.test(name));
  expect(linked.sort()).toEqual(["icon.svg", ...entries].sort());
  expect(page).not.toMatch(/<style|style=|onload=|<script(?![^>]* src=)/);
});

test("the first load has less than 100 kB, compressed, all files 176 kB, and form, map and report page are not in it", () => {
  const main = scripts.find((name) => name.startsWith("main-")) ?? "";
  const first = new Set([
    ...atOnce(main),
    ...Object.keys(files).filter((name) => /^page-|^index|^icon\.svg/.test(name)),
  ]);
  const sum = [...first].reduce((total, name) => total + gzipSync(files[name] ?? "").length, 0);
  expect(sum).toBeLessThan(100_000);
  // What the style of a report page keeps of its notices.
  for (const name of first) expect(files[name]).not.toContain("modern-normalize v");
  const all = Object.values(files).reduce((total, text) => total + gzipSync(text).length, 0);
  expect(all).toBeLessThan(176_000);
});

test("nothing in it makes HTML or a function of a text, or sets a style by a text", () => {
  for (const name of scripts) expect(files[name]).not.toMatch(/\beval\(|insertAdjacentHTML|document\.write/);
});

test("is the same, byte for byte, each time", () => {
  expect(consoleFiles()).toEqual(files);
});
