/** The most that Lambda hands to a function. */
const BYTES = 6_000_000;

/** As many copies of a text as fit, each numbered if that is wanted. */
function many(entry: (i: number) => string, bytes = BYTES): string {
  const entries: string[] = [];
  let left = bytes;
  for (let i = 0; left > 0; i++) {
    const text = entry(i);
    left -= text.length + 1;
    entries.push(text);
  }
  return entries.join(",");
}

function body(fields: Readonly<Record<string, string>>): string {
  const all = { url_list: '["https://cdn.example.com/"]', timeout: "5", instance_count: "1", ...fields };
  return `{${Object.entries(all)
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
    .join(",")}}`;
}

const urls = (n: number, url: (i: number) => string) => JSON.stringify(Array.from({ length: n }, (_, i) => url(i)));

/** Bodies of 6 MB, each the worst of its kind that was found for what reads it: for parser, schema, URLs and answer. */
export const WORST_BODIES: Readonly<Record<string, () => string>> = {
  "quotes that nobody closes": () => `{${'\\"'.repeat(BYTES / 2)}`,
  "quotes, a line each": () => `{${'"\n'.repeat(BYTES / 2)}`,
  slashes: () => `{${"/ ".repeat(BYTES / 2)}`,
  blanks: () => " ".repeat(BYTES),
  "lists in lists": () => body({ url_list: `${"[".repeat(BYTES / 2)}${"]".repeat(BYTES / 2)}` }),
  "objects in objects": () => `${'{"a":'.repeat(BYTES / 6)}1${"}".repeat(BYTES / 6)}`,
  "nothing but brackets": () => "[".repeat(BYTES),
  "a number of 6 million digits": () => body({ timeout: "9".repeat(BYTES) }),
  "one country again and again": () => body({ countries: `[${many(() => '"japan"')}]` }),
  "one country in ever other spelling": () => body({ countries: `[${many((i) => `"${" ".repeat(i % 900)}japan"`)}]` }),
  "different POPs": () => body({ pops: `[${many((i) => `"${i.toString(36)}"`)}]` }),
  "numbers in place of URLs": () => body({ url_list: `[${many(() => "1")}]` }),
  "objects in place of URLs": () => body({ url_list: `[${many(() => "{}")}]` }),
  "lists in place of URLs": () => body({ url_list: `[${many(() => "[]")}]` }),
  "strings in place of everything": () => body({ url_list: `[${many((i) => `"${i.toString(36)}"`)}]` }),
  "fractions in place of URLs": () => body({ url_list: `[${many(() => "1.5")}]` }),
  "numbers beyond all": () =>
    body({ url_list: `[${many(() => "1e999")}]`, timeout: "1e999", instance_count: "-1e999" }),
  "numbers in every list": () =>
    body(
      Object.fromEntries(
        ["url_list", "pops", "countries", "regions", "header"].map((it) => [it, `[${many(() => "1", BYTES / 5)}]`]),
      ),
    ),
  "lines of header": () => body({ header: `[${many(() => '""')}]` }),
  "50 long lines of header": () =>
    body({ header: JSON.stringify(Array.from({ length: 50 }, (_, i) => `A${i}: ${"x".repeat(BYTES / 51)}`)) }),
  "unknown fields": () => body({ x: `1,${many((i) => `"${i.toString(36)}":1`)}` }),
  "one field again and again": () => body({ x: `1,${many(() => '"__proto__":{}')}` }),
  "a field with a name of 6 MB": () => body({ ["x".repeat(BYTES)]: "1" }),
  "short URLs": () => body({ url_list: `[${many((i) => `"http://a/${i.toString(36)}"`)}]` }),
  "60,000 URLs of 95 bytes": () =>
    body({ url_list: urls(60_000, (i) => `https://cdn.example.com/${i}/${"x".repeat(60)}`), need_invalidate: "true" }),
  "60,000 hosts": () =>
    body({
      url_list: urls(60_000, (i) => `https://${i}.example.com/${"x".repeat(60)}`),
      cf_domain: '"d1.cloudfront.net"',
    }),
  "60,000 hosts of many labels": () =>
    body({
      url_list: urls(60_000, (i) => `https://${"a.".repeat(30)}${i}.example.com/`),
      cf_domain: '"d1.cloudfront.net"',
    }),
  "60,000 bad URLs": () => body({ url_list: urls(60_000, (i) => `ftp://cdn.example.com/${i}/${"x".repeat(60)}`) }),
  "60,000 URLs that cannot be invalidated": () =>
    body({ url_list: urls(60_000, (i) => `https://cdn.example.com/${i}/${"x".repeat(60)}*`), need_invalidate: "true" }),
  "long hosts of all alphabets": () =>
    body({
      url_list: urls(
        240,
        (k) =>
          `https://${Array.from({ length: 8_000 }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7 + k) % 20_000))).join("")}/`,
      ),
    }),
  "hosts of one label of 250 signs of all alphabets": () =>
    body({
      url_list: urls(
        7_500,
        (k) =>
          `https://${Array.from({ length: 250 }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7 + k) % 20_000))).join("")}/`,
      ),
    }),
  "hosts of 60 signs of all alphabets": () =>
    body({
      url_list: urls(
        25_000,
        (k) =>
          `https://${Array.from({ length: 60 }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7 + k) % 20_000))).join("")}.example/`,
      ),
    }),
  "hosts of 4 labels of 60 signs": () =>
    body({
      url_list: urls(
        7_500,
        (k) =>
          `https://${Array.from({ length: 240 }, (_, i) => `${String.fromCharCode(0x4e00 + ((i * 7 + k) % 20_000))}${i % 60 === 59 ? "." : ""}`).join("")}com/`,
      ),
    }),
  "URLs of steps back": () =>
    body({ url_list: urls(700, (i) => `https://cdn.example.com/${i}/${"a/../".repeat(1_600)}`) }),
  "URLs of signs that are encoded": () =>
    body({ url_list: urls(700, (i) => `https://cdn.example.com/${i}/${"ü".repeat(2_600)}`) }),
  "one URL of 6 MB": () => body({ url_list: JSON.stringify([`https://cdn.example.com/${"a/../".repeat(BYTES / 5)}`]) }),
  "one bad URL of 6 MB": () => body({ url_list: JSON.stringify(["é".repeat(BYTES / 2)]) }),
  escapes: () => body({ url_list: `["${"\\u0001".repeat(BYTES / 6)}"]` }),
  "a cf_domain of 6 MB": () => body({ cf_domain: JSON.stringify("a.".repeat(BYTES / 2)) }),
  "a cf_domain of slashes": () => body({ cf_domain: JSON.stringify("/".repeat(BYTES)) }),
  "a target_type of 6 MB": () => body({ target_type: JSON.stringify("p".repeat(BYTES)) }),
};
