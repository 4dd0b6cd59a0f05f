import type { Form } from "../../console/new/form.ts";
import { findingsOf, findingText } from "../../domain/distribution/findings.ts";
import { type DistributionSettings, PLAIN_SETTINGS } from "../../domain/distribution/settings.ts";
import { listPops } from "../../domain/pops/list-pops.ts";
import { selectPops } from "../../domain/pops/select.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { times } from "../collect.ts";
import type { Answer } from "./page-server.ts";
import { PATCH_POPS } from "./patch-pops.ts";

const HOUR = 3_600_000;

/** GET /pops: the default sets resolved here an hour ago. */
export function catalogue(): Answer {
  const lately = Date.now() - HOUR;
  const defaults = [...selectPops("region", []).pops, ...selectPops("country", []).pops];
  const pops = listPops({}, new Map(defaults.map((pop) => [pop, lately])));
  return { body: { timestamp: formatTimestamp(Date.now()), count: pops.length, pops } };
}

/** POST /prewarm with `dry_run`, as for the form of {@link FORM}. */
export function estimate(): Answer {
  return { body: estimateBody() };
}

function estimateBody() {
  const estimated = {
    urls: 84,
    tasks: 3_192,
    pops: { count: 38 },
    bytes: { estimate: 3_060e9, low: 3_005e9, high: 3_118e9, sampled: 84 },
    origin_fetches: { expected: 756, least: 756, most: 756, size_questions: 84 },
    instances: { count: 20, type: "c7gn.large", minutes_to_finish: 16.8, binds: "the links" },
    dollars: {
      total: 323.4,
      low: 318,
      high: 329,
      prices_as_of: "2026-11",
      lines: [
        { line: "cloudfront_bytes", dollars: 320.1, of: "3.06 TB" },
        { line: "ec2_spot", dollars: 3.3, of: "5.6 instance hours" },
      ],
    },
  };
  return { status: "Success", estimate: estimated };
}

/** The same, of a sample with two URLs that cannot be read, and with a warning. */
export function unreadableEstimate(): Answer {
  const body = estimateBody();
  const bytes = {
    ...body.estimate.bytes,
    unreadable: 2,
    unreadable_urls: [
      { url: "https://www.example.com/patch/4.2.0/index.json", error: "HTTP 404" },
      { url: "https://www.example.com/patch/4.2.0/pak-001.bin", error: "HTTP 403" },
    ],
  };
  const warnings = [
    "timeout: the request needs about 70 minutes, but times out after 60",
    "url_list: 2 of 84 sampled URLs cannot be read; the first: https://www.example.com/patch/4.2.0/index.json: HTTP 404",
  ];
  return { body: { ...body, warnings, estimate: { ...body.estimate, bytes } } };
}

/** A 400 that names several fields. */
export const REFUSED_FORM: Answer = {
  status: 400,
  body: {
    status: "Failed",
    error_message:
      "cf_domain: 'examp le' is not a domain name, such as d111111abcdef8.cloudfront.net; header[0]: is not of the form 'Name: value'; " +
      "invalidate.paths[1]: 'index.html' must begin with /; it is a path in each distribution of the request, such as /patch/*; " +
      "invalidate.tags[0]: '#release-42' must have 1 to 256 visible ASCII characters, no comma and no *, and no # at its beginning",
    error_urls: [],
  },
};

/** What is found in settings that refuse a request, and in others that do not. */
function findings(settings: Partial<DistributionSettings>): string[] {
  const urls = FORM_PATHS.map((path) => `https://www.example.com${path}`);
  const wanted = { name: "www.example.com", urls, pops: PATCH_POPS, variants: [[]], isVerified: true };
  const behaviours = [{ pathPattern: "/patch/*", isSigned: true, hasServerTiming: false }];
  const plain = { ...PLAIN_SETTINGS, id: "E1PREWARM", domain: "d111111abcdef8.cloudfront.net", behaviours };
  return findingsOf({ ...plain, ...settings }, wanted).map(findingText);
}

/** A 400 for the settings of the distribution. */
export function refusedBySettings(): Answer {
  const [error_message] = findings({ viewerMtls: "required" });
  return { status: 400, body: { status: "Failed", error_message, error_urls: [] } };
}

/** An estimate with all that its distribution's settings may let go wrong. */
export function warnedOf(): Answer {
  const warnings = findings({
    webAcl: { name: "limits", rules: [{ name: "requests-of-one-address", kind: "rate-based" }] },
    priceClass: "PriceClass_100",
    hasAnycastIps: true,
  });
  return { body: { ...estimateBody(), warnings } };
}

const FORM_PATHS = ["index.json", ...times(83, (i) => `pak-${String(i + 1).padStart(3, "0")}.bin`)].map(
  (name) => `/patch/4.2.0/${name}`,
);

/** A form as it is kept in the tab: 84 URLs, 38 POPs. */
export const FORM: Partial<Form> = {
  urls: FORM_PATHS.map((path) => `https://www.example.com${path}`).join("\n"),
  pops: PATCH_POPS,
  instances: "20",
  originRate: "40",
};

/** One that invalidates by path and by tag. */
export const INVALIDATING_FORM: Partial<Form> = {
  ...FORM,
  invalidate: true,
  invalidatePaths: "/patch/4.2.0/*\n/patch/latest.json",
  invalidateTags: "release-42, textures",
};

/** One with faults that the page sees, and more than the deployment allows. */
export const WRONG_FORM: Partial<Form> = {
  ...FORM,
  urls: "https://www.example.com/index.html\nwww.example.com/no-scheme\nftp://www.example.com/file\nhttps://www.example.com/app.js",
  instances: "50",
  domain: "examp le",
  header: "no colon",
  invalidatePaths: "/patch/*\nindex.html",
  invalidateTags: "#release-42",
};
