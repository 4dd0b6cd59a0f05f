/** Options for API field names that cannot be mistaken for English words: replaced everywhere outside URLs. Longer names precede their prefixes. */
const UNAMBIGUOUS_FIELDS: Readonly<Record<string, string>> = {
  "need_invalidate and invalidate": "--invalidate",
  "invalidate.paths": "--invalidate",
  "invalidate.tags": "--invalidate-tag",
  need_invalidate: "--invalidate",
  "origin.requests_per_second": "--origin-rps",
  "origin.concurrency": "--origin-concurrency",
  "header and variants": "--header and --variant",
  cf_domain: "--cf-domain",
  client_token: "--token",
  DesiredCapacity: "instances",
  dry_run: "--dry-run",
  instance_count: "--instances",
  max_bytes: "--max-bytes",
  max_failures: "--max-failures",
  request_id: "ID",
  retry_of: "retry",
  skip_uncached: "--skip-uncached",
  target_type: "--pop, --country or --region",
  "the URLs in url_list": "the URLs",
  url_list: "URLs",
};

/** Options for API field names that are also English words: replaced only at the start of an error, before a value, and in known phrases. */
const AMBIGUOUS_FIELDS: Readonly<Record<string, string>> = {
  pops: "--pop",
  countries: "--country",
  country: "--country",
  regions: "--region",
  region: "--region",
  limit: "--limit",
  timeout: "--timeout",
  header: "--header",
  variants: "--variant",
  invalidate: "--invalidate",
  verify: "--verify",
  downloads: "--downloads",
  scope: "--scope",
  origin: "--origin-rps and --origin-concurrency",
  sources: "--sitemap, --hls, --dash, --list and --s3",
};

/** Options for fields of an entry of `sources`. */
const SOURCE_OPTIONS: Readonly<Record<string, string>> = {
  base: "--base",
  origin_path: "--origin-path",
  since: "--since",
  hosts: "--source-host",
};

const anyOf = (names: Readonly<Record<string, string>>) => Object.keys(names).join("|").replaceAll(".", "\\.");
const SOURCE = /\bsources\[(\d+)\](?:\.(\w+))?/g;
/** Not within a URL, a path or another name. */
const FIELD = new RegExp(`(?<![\\w/.?&=%-])(${anyOf(UNAMBIGUOUS_FIELDS)})(?![\\w/=%-])`, "g");
const VALUE = /(?<![\w-])(verify|downloads|scope): (?=(?:edge|off|auto|pop|regional|[12])\b)/g;
const FAULT = new RegExp(`(^|[;!] )(${anyOf(AMBIGUOUS_FIELDS)})(?:\\[\\d+\\]|\\.\\w+)*(?=: )`, "gm");
const PHRASE = /\b(in|from|or) (header|variants|pops|sources)(?=[.,;)]| or |$)/gm;

/** A text of the API with the options of the command in place of fields. URLs stay as they are. */
export function withOptionNames(text: string): string {
  // The pattern is in a group, so each second part is a URL. A semicolon behind it begins the next fault.
  const parts = text.split(/(https?:\/\/\S*[^\s;])/);
  return parts.map((part, i) => (i % 2 === 0 ? renamed(part) : part)).join("");
}

function renamed(text: string): string {
  return text
    .replace(" (see error_urls)", "")
    .replace(SOURCE, (_, index: string, field = "") => SOURCE_OPTIONS[field] ?? `source ${Number(index) + 1}`)
    .replace(FIELD, (_, name: string) => UNAMBIGUOUS_FIELDS[name] ?? name)
    .replace(VALUE, "--$1 ")
    .replace(FAULT, (_, before: string, name: string) => before + (AMBIGUOUS_FIELDS[name] ?? name))
    .replace(PHRASE, (_, before: string, name: string) => `${before} ${AMBIGUOUS_FIELDS[name] ?? name}`)
    .replace(/"header": \["([^"]*)"\]/g, "--header '$1'");
}
