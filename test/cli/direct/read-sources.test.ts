import { readSources } from "../../../cli/direct/read-sources.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { fakeResolver } from "../../lambdas/fakes/dns.ts";
import { request } from "../../lambdas/items.ts";
import { type Answer, site } from "../../probe/sources/site.ts";

const index = "<sitemapindex><sitemap><loc>http://alias.test/2</loc></sitemap></sitemapindex>";
const moved: Answer = (response) => response.writeHead(302, { location: "http://alias.test/2" }).end();

test.each([
  ["references", index],
  ["redirects to", moved],
])("a document that a source %s is read at an alias that only the account knows", async (_, answer) => {
  const { port } = await site({
    "/1": answer,
    "/2": "<urlset><url><loc>http://site.test/a</loc></url></urlset>",
  });
  const listFor = vi.fn(async () => [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["site.test", "alias.test"] }]);
  const store = {
    read: async function* () {
      // The caller named no URL.
    },
    write: vi.fn(async () => undefined),
  };
  const item: RequestItem = request({ pops: [], sources: [{ type: "sitemap", url: "http://site.test/1" }] });
  const deps = {
    store,
    account: { listFor },
    dns: fakeResolver({ addresses: async () => ["127.0.0.1"] }),
    ports: { httpsPort: port, httpPort: port },
    caps: DEFAULT_CAPS,
    save: async () => undefined,
    signal: new AbortController().signal,
  };
  expect(await readSources(deps, item)).toMatchObject({ fields: { url_count: 1, sources_read: [{ left_out: {} }] } });
  expect(listFor).toHaveBeenCalledOnce();
});
