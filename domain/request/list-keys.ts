/** Names of a request's objects in the bucket. */
export const listKeys = {
  /** What was asked for: a CSV with one URL a row. */
  urls: (reqId: string) => `${reqId}.csv`,
  /** URLs that can be warmed: url, bytes (empty where the size is unknown). */
  successUrls: (reqId: string) => `${reqId}/success_urls.csv`,
  /** URLs that cannot: url, reason. */
  failedUrls: (reqId: string) => `${reqId}/failed_urls.csv`,
  /** One row a failed task. */
  report: (reqId: string) => `${reqId}/report.csv`,
} as const;
