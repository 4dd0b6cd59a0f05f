import { times } from "../../collect.ts";

/** The most that Lambda hands to a function. */
const BYTES = 6_000_000;

/** As many of a text as fit, one behind the other. */
function many(entry: (i: number) => string, bytes = BYTES): string {
  const entries: string[] = [];
  for (let i = 0, left = bytes; left > 0; i++) {
    const text = entry(i);
    left -= text.length + 1;
    entries.push(text);
  }
  return entries.join(",");
}

/** @param fields as JSON */
function body(fields: Readonly<Record<string, string>>): string {
  const all = { url_list: '["https://cdn.example.com/"]', timeout: "5", instance_count: "1", ...fields };
  const members = Object.entries(all).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
  return `{${members.join(",")}}`;
}

const urlList = (entry: (i: number) => string) => body({ url_list: `[${many(entry)}]` });
/** So many URLs. */
const urls = (count: number, url: (i: number) => string, fields: Readonly<Record<string, string>> = {}) =>
  body({ url_list: JSON.stringify(times(count, (i) => url(i))), ...fields });
/** So many URLs whose hosts have labels of so many signs of other alphabets. */
const hosts = (count: number, labels: number, length: number, end = "/") =>
  urls(count, (k) => {
    const sign = (i: number) => String.fromCharCode(0x4e00 + ((i * 7 + k) % 20_000));
    const label = (n: number) => times(length, (i) => sign(n * length + i)).join("");
    return `https://${times(labels, (n) => label(n)).join(".")}${end}`;
  });
const LONG_PATH = "x".repeat(60);

/** Bodies of 6 MB, each the worst of its kind that was found for what reads it: for parser, schema, URLs and answer. */
export const WORST_BODIES = {
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
  "numbers in place of URLs": () => urlList(() => "1"),
  "objects in place of URLs": () => urlList(() => "{}"),
  "lists in place of URLs": () => urlList(() => "[]"),
  "strings in place of everything": () => urlList((i) => `"${i.toString(36)}"`),
  "fractions in place of URLs": () => urlList(() => "1.5"),
  "numbers beyond all": () =>
    body({ url_list: `[${many(() => "1e999")}]`, timeout: "1e999", instance_count: "-1e999" }),
  "numbers in every list": () => {
    const lists = ["url_list", "pops", "countries", "regions", "header"];
    return body(Object.fromEntries(lists.map((name) => [name, `[${many(() => "1", BYTES / lists.length)}]`])));
  },
  "lines of header": () => body({ header: `[${many(() => '""')}]` }),
  "50 long lines of header": () =>
    body({ header: JSON.stringify(times(50, (i) => `A${i}: ${"x".repeat(BYTES / 51)}`)) }),
  "unknown fields": () => body({ x: `1,${many((i) => `"${i.toString(36)}":1`)}` }),
  "one field again and again": () => body({ x: `1,${many(() => '"__proto__":{}')}` }),
  "a field with a name of 6 MB": () => body({ ["x".repeat(BYTES)]: "1" }),
  "short URLs": () => urlList((i) => `"http://a/${i.toString(36)}"`),
  "60,000 URLs of 95 bytes": () =>
    urls(60_000, (i) => `https://cdn.example.com/${i}/${LONG_PATH}`, { need_invalidate: "true" }),
  "60,000 hosts": () =>
    urls(60_000, (i) => `https://${i}.example.com/${LONG_PATH}`, { cf_domain: '"d1.cloudfront.net"' }),
  "60,000 hosts of many labels": () =>
    urls(60_000, (i) => `https://${"a.".repeat(30)}${i}.example.com/`, { cf_domain: '"d1.cloudfront.net"' }),
  "60,000 bad URLs": () => urls(60_000, (i) => `ftp://cdn.example.com/${i}/${LONG_PATH}`),
  "60,000 URLs that cannot be invalidated": () =>
    urls(60_000, (i) => `https://cdn.example.com/${i}/${LONG_PATH}*`, { need_invalidate: "true" }),
  "long hosts of all alphabets": () => hosts(240, 1, 8_000),
  "hosts of one label of 250 signs of all alphabets": () => hosts(7_500, 1, 250),
  "hosts of 60 signs of all alphabets": () => hosts(25_000, 1, 60, ".example/"),
  "hosts of 4 labels of 60 signs": () => hosts(7_500, 4, 60, ".com/"),
  "URLs of steps back": () => urls(700, (i) => `https://cdn.example.com/${i}/${"a/../".repeat(1_600)}`),
  "URLs of signs that are encoded": () => urls(700, (i) => `https://cdn.example.com/${i}/${"ü".repeat(2_600)}`),
  "one URL of 6 MB": () => urls(1, () => `https://cdn.example.com/${"a/../".repeat(BYTES / 5)}`),
  "one bad URL of 6 MB": () => urls(1, () => "é".repeat(BYTES / 2)),
  escapes: () => body({ url_list: `["${"\\u0001".repeat(BYTES / 6)}"]` }),
  "a cf_domain of 6 MB": () => body({ cf_domain: JSON.stringify("a.".repeat(BYTES / 2)) }),
  "a cf_domain of slashes": () => body({ cf_domain: JSON.stringify("/".repeat(BYTES)) }),
  "a target_type of 6 MB": () => body({ target_type: JSON.stringify("p".repeat(BYTES)) }),
} satisfies Readonly<Record<string, () => string>>;

export type WorstBody = keyof typeof WORST_BODIES;
