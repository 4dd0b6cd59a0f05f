// Every call with an effect of a request whose URLs come from a document, with limits of the origin, fails or is its process's last.
import { FRANKFURT, HOST, SINGAPORE } from "../pipeline.ts";
import { body, files, text, urlsOf } from "../scenarios.ts";
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
