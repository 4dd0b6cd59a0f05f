// Every kind of call with an effect of a request whose URLs come from a document, with limits of the origin, and of a retry.
import { FRANKFURT, HOST, SINGAPORE } from "../pipeline.ts";
import { body, failGet, files, text, urlsOf } from "../scenarios.ts";
import { testCrashPoints } from "./crash-points.ts";

const site = files("listed", 3);

await testCrashPoints(
  {
    name: "sources, limits and verify by addresses",
    site: { ...site, "/list.txt": text(urlsOf(site).join("\n")) },
    bodies: [
      body(site, {
        url_list: [],
        sources: [{ type: "list", url: `https://${HOST}/list.txt` }],
        pops: [...FRANKFURT, ...SINGAPORE],
        origin: { requests_per_second: 20 },
        verify: "addresses",
      }),
    ],
  },
  ["Expand", "GetSize", "agent"],
);

const retried = files("retried", 2);

await testCrashPoints(
  {
    name: "a retry of what failed",
    site: retried,
    faults: (round) => (round === 0 ? failGet(/0\.bin$/, { kind: "status", status: 403 }, SINGAPORE) : undefined),
    bodies: [
      body(retried, { pops: [...FRANKFURT, ...SINGAPORE] }),
      (previousId) => ({ timeout: 30, instance_count: 1, retry_of: previousId }),
    ],
  },
  ["Api", "GetSize"],
);
