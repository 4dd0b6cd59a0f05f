import { EXAMPLE_ID } from "../../domain/api/answer-fields.ts";

/** Bodies that may be sent, by a name; the first is the usual one. */
export type BodyExamples = Readonly<Record<string, { readonly summary: string; readonly value: object }>>;

const SOME_URLS = {
  url_list: ["https://www.example.com/index.html", "https://www.example.com/css/bootstrap-icons.css"],
  cf_domain: "www.example.com",
};
const SOME_TIME = { timeout: 30, instance_count: 2 };

export const PREWARM_EXAMPLES: BodyExamples = {
  pops: {
    summary: "Two URLs at three POPs",
    value: {
      ...SOME_URLS,
      pops: ["ATL56-C1", "SIN2-C1", "DFW55-C3"],
      header: ["Accept-Encoding: gzip, deflate, br"],
      ...SOME_TIME,
    },
  },
  countries: {
    summary: "Where three countries are served",
    value: { ...SOME_URLS, target_type: "country", countries: ["japan", "KR", "singapore"], ...SOME_TIME },
  },
  variants: {
    summary: "Each URL in two forms, and no more than the origin can take",
    value: {
      ...SOME_URLS,
      regions: ["eu", "us"],
      variants: [
        { name: "br", header: ["Accept-Encoding: gzip, deflate, br"] },
        { name: "plain", header: [] },
      ],
      origin: { requests_per_second: 50, concurrency: 20 },
      max_failures: 100,
      ...SOME_TIME,
    },
  },
  dry_run: {
    summary: "What it would come to; nothing is made",
    value: { ...SOME_URLS, regions: ["apac"], dry_run: true, ...SOME_TIME },
  },
  sources: {
    summary: "All URLs of a sitemap, in the default regions",
    value: {
      sources: [{ type: "sitemap", url: "https://www.example.com/sitemap.xml", since: "2024-04-01" }],
      cf_domain: "www.example.com",
      ...SOME_TIME,
    },
  },
  retry: {
    summary: "What was not good in a request that has ended",
    value: { retry_of: EXAMPLE_ID },
  },
};

export const INSTANCES_EXAMPLES: BodyExamples = {
  more: { summary: "Four instances for all requests", value: { DesiredCapacity: 4, req_id: EXAMPLE_ID } },
  pause: { summary: "Pauses all requests", value: { DesiredCapacity: 0 } },
  stop: {
    summary: "Stops a request and ends the instances",
    value: { DesiredCapacity: 0, req_id: EXAMPLE_ID, force_stop: true },
  },
};
