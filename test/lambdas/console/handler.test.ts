import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHandler, readPageFiles } from "../../../lambdas/console/handler.ts";

function filesOf(contents: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
  return readPageFiles(folder);
}

const PAGE = {
  "index.html": "<!doctype html>",
  "main-ABCD2345.js": "run()",
  "page-ABCD2345.css": "a{}",
  "icon.svg": "<svg/>",
};
const ask = (file?: string, page: Readonly<Record<string, string>> = PAGE) =>
  createHandler(filesOf(page))({ pathParameters: file === undefined ? null : { file } });

describe("GET /console", () => {
  it("leads to the page by a relative address, whatever the API's own address is", async () => {
    expect(await ask()).toMatchObject({ statusCode: 302, headers: { location: "console/index.html" }, body: "" });
  });

  it.each([
    ["index.html", "text/html; charset=utf-8", "no-cache"],
    ["main-ABCD2345.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
    ["icon.svg", "image/svg+xml", "no-cache"],
  ] as const)("%s is %s, kept: %s", async (file, type, kept) => {
    const { statusCode, body, headers } = await ask(file);
    expect([statusCode, body]).toEqual([200, PAGE[file]]);
    expect(headers).toMatchObject({ "content-type": type, "cache-control": kept });
  });

  it.each(["nothing.js", "../index.ts", "__proto__"])("%s is a 404 that repeats nothing of it", async (file) => {
    const answer = await ask(file);
    expect(answer).toMatchObject({ statusCode: 404, body: "There is no such page.\n" });
  });

  it("is a 404 for every path where the console is off", async () => {
    for (const file of [undefined, "index.html"]) expect(await ask(file, {})).toMatchObject({ statusCode: 404 });
  });

  it.each([undefined, "index.html", "nothing"])("%s has the security headers", async (file) => {
    const { headers = {} } = await ask(file);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
    });
    const policy = String(headers["content-security-policy"]).split("; ");
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]));
    expect(String(policy)).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(Object.keys(headers).join()).not.toMatch(/access-control|set-cookie/);
  });
});

it("refuses to serve a file of a kind that no page needs", () => {
  expect(() => filesOf({ "main.ts": "" })).toThrow("main.ts");
});
