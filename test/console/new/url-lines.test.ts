import { expect, test } from "vitest";
import { readUrlLines } from "../../../console/new/url-lines.ts";

test("a URL a line, each once; empty lines and comments are none", () => {
  const read = readUrlLines("# list\nhttps://a.example/x\r\n\n  https://a.example/y  \nHTTPS://A.example/x#top\n");
  expect(read).toMatchObject({ urls: ["https://a.example/x", "https://a.example/y"], bad: [], duplicates: 1 });
});

test("a host in Unicode is a URL, and the same one as in punycode", () => {
  const { urls, bad, duplicates } = readUrlLines("https://bücher.example/a\nhttps://xn--bcher-kva.example/a");
  expect({ urls, bad, duplicates }).toEqual({ urls: ["https://bücher.example/a"], bad: [], duplicates: 1 });
});

test("every line that is no URL is told, by its number", () => {
  const { bad } = readUrlLines("https://a.example/\nwww.a.example\n\nftp://a.example/x\nhttps://a.example:8443/");
  expect(bad).toEqual([
    { line: 2, text: "www.a.example", problem: "is not an absolute URL" },
    { line: 4, text: "ftp://a.example/x", problem: "has the scheme ftp" },
    { line: 5, text: "https://a.example:8443/", problem: expect.stringContaining("8443") },
  ]);
});

test("more than a request may have is told", () => {
  const many = Array.from({ length: 60_001 }, (_, i) => `https://a.example/${i}`).join("\n");
  expect(readUrlLines(many).isTooMany).toBe(true);
});
