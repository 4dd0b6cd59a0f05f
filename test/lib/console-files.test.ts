import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { consoleFiles } from "../../lib/console-files.ts";

const files = consoleFiles();
const page = files["index.html"] ?? "";

test("a script and a style with a hash in their names, the page, its icon and the licences of what is bundled", () => {
  const names = Object.keys(files).sort();
  expect(names).toEqual([
    "icon.svg",
    "index.html",
    "licences.txt",
    expect.stringMatching(/^main-[0-9A-Z]{8}\.js$/),
    expect.stringMatching(/^page-[0-9A-Z]{8}\.css$/),
  ]);
  expect(files["licences.txt"]).toMatch(/modern-normalize[\s\S]*preact[\s\S]*zod/);
});

test("the page names them by relative paths, and has no script or style of its own", () => {
  const linked = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  expect(linked.sort()).toEqual(["icon.svg", ...Object.keys(files).filter((name) => /-\w{8}\./.test(name))].sort());
  expect(page).not.toMatch(/<style|style=|onload=|<script(?![^>]* src=)/);
});

test("the first load has at most 120 kB, compressed", () => {
  const sizes = Object.entries(files).filter(([name]) => name !== "licences.txt");
  const sum = sizes.reduce((total, [, text]) => total + gzipSync(text).length, 0);
  expect(sum).toBeLessThan(120_000);
});

test("nothing in it makes HTML or a function of a text, or sets a style by a text", () => {
  const script = Object.entries(files).find(([name]) => name.endsWith(".js"))?.[1] ?? "";
  expect(script).not.toMatch(/\beval\(|insertAdjacentHTML|document\.write/);
});

test("is the same, byte for byte, each time", () => {
  expect(consoleFiles()).toEqual(files);
});
