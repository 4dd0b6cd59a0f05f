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
  "lists in lists": () => body({ url_list: `${"[".repeat(BYTES / 2)}${"]".repeat(BYTES / 2)}` }),
  "one country again and again": () => body({ countries: `[${many(() => '"japan"')}]` }),
  "numbers in place of URLs": () => urlList(() => "1"),
  "objects in place of URLs": () => urlList(() => "{}"),
  "unknown fields": () => body({ x: `1,${many((i) => `"${i.toString(36)}":1`)}` }),
  "60,000 URLs that cannot be invalidated": () =>
    urls(60_000, (i) => `https://cdn.example.com/${i}/${LONG_PATH}*`, { need_invalidate: "true" }),
  "long hosts of all alphabets": () => hosts(240, 1, 8_000),
  "hosts of 4 labels of 60 signs": () => hosts(7_500, 4, 60, ".com/"),
} satisfies Readonly<Record<string, () => string>>;

export type WorstBody = keyof typeof WORST_BODIES;
