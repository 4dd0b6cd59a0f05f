import fc from "fast-check";
import { readXml } from "../../../probe/sources/xml.ts";
import { fuzz } from "../../fuzz.ts";

/** Names and texts of a document that comes in these pieces. */
async function read(pieces: readonly string[]): Promise<string[]> {
  const seen: string[] = [];
  const text = (async function* () {
    yield* pieces;
  })();
  await readXml(text, {
    open: (name, attributes) => void seen.push(`<${name} ${JSON.stringify(attributes)}`),
    close: (name, inside) => void seen.push(`${name}> ${inside}`),
  });
  return seen;
}

/** The same, or the error message. */
function outcome(pieces: readonly string[]): Promise<unknown> {
  return read(pieces).catch((error: unknown) => String(error));
}

function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((it) => it % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i]));
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

describe("a document that ends in a comment or a CDATA section", () => {
  it.each(["<a><![CDATA[x & y", "<a><!-- R&D "])("is not reported for an unescaped & in it: %s", async (text) => {
    expect(await outcome([text])).toMatch(/is not well-formed XML \(line 1\)/);
  });
});

describe("an unescaped & is reported with its line", () => {
  const names = (line: number) => `has an unescaped & in line ${line}; write &amp;`;
  it.each([
    ["in a text", "<a>\n<b>x?a=1&b=2</b>\n</a>", 2],
    ["in an attribute", '<a\n x="1"\n y="?a=1&b=2"/>', 3],
    ["behind references that are right", "<a>\n<b>a&amp;b&#38;c&#x26;d&lt;\n&e=1</b></a>", 3],
    [
      "behind a comment, a CDATA section and an instruction with one",
      "<a><!-- a&b -->\n<![CDATA[a&b]]>\n<?x a&b?>\n&b</a>",
      4,
    ],
    ["behind blanks before the declaration", `\n\n${DECLARATION}\n<a>a&b</a>`, 4],
    ["in a long text", `<a>\n${"x ".repeat(10)}&b${"x ".repeat(600_000)}</a>`, 2],
  ])("%s", async (_, document, line) => {
    await expect(read([document])).rejects.toThrow(names(line));
    await expect(read(document.match(/.{1,7}/gs) ?? [])).rejects.toThrow(names(line));
  });
});

it.each([
  ["is not well-formed XML (line 3)", "<a>\n<b>\n</c></a>"],
  ["has an entity that XML does not know (line 2), which is refused", "<a>\n&nbsp;</a>"],
])("reports an error with its line: %s", async (problem, document) => {
  await expect(read([document])).rejects.toThrow(problem);
});

it.each(["\n", " ".repeat(9_000), "\ufeff"])("accepts white space before the XML declaration: %j", async (blanks) => {
  expect(await outcome([blanks, `${DECLARATION}<a>b</a>`])).toEqual(["<a {}", "a> b"]);
  expect(await outcome([`${blanks}${DECLARATION}<a>b</a>`])).toEqual(["<a {}", "a> b"]);
});

it("refuses an XML declaration after other content", async () => {
  expect(await outcome([`<!-- a -->${DECLARATION}<a/>`])).toContain("is not well-formed XML (line 1)");
});

it("yields the same events or the same error however a document is split", async () => {
  const piece = fc.constantFrom(
    ...["<a>", "</a>", "<b/>", '<c x="1&amp;2">', "</c>", '<d y="a&b"/>', "<!-- & -->", "<![CDATA[&]]>", "<?p &?>"],
    ...["&amp;", "&#38;", "&", "&x", ";", "&nbsp;", "\n", "\r\n", "text", "ü", "😀", ">", "<"],
  );
  const documents = fc.array(piece, { maxLength: 20 }).map((it) => `<r>${it.join("")}</r>`);
  await fc.assert(
    fc.asyncProperty(documents, fc.array(fc.nat(), { maxLength: 6 }), async (document, at) => {
      expect(await outcome(cut(document, at))).toEqual(await outcome([document]));
    }),
    fuzz(500),
  );
});

it("reads a document with many & in linear time", { timeout: 20_000 }, async () => {
  const references = `<a>${"<b>&amp;</b>".repeat(200_000)}</a>`;
  await read(references.match(/.{1,16384}/gs) ?? []);
  const sections = `<a>${`<![CDATA[${"&x".repeat(200_000)}]]>`.repeat(2)}</a>`;
  await read(sections.match(/.{1,16}/gs) ?? []);
  expect(await outcome(`<a>${"&x".repeat(400_000)}</a>`.match(/.{1,16}/gs) ?? [])).toContain("unescaped & in line 1");
});
