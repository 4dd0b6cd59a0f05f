// Distribution tenants that share a routing endpoint: each is found, warmed, proved and invalidated by itself.
import { Distributions } from "../../../aws/distributions.ts";
import { world } from "../../../tools/local/world.ts";
import { accountOf } from "../../../tools/memory-aws/distribution-kinds.ts";
import { memoryCloudFront } from "../../aws/memory-cloudfront.ts";
import { body } from "../../e2e/bodies.ts";
import { runDirect } from "../direct-run.ts";
import { DOMAINS, HOST } from "../pipeline.ts";
import { pipelineStack } from "./stack.ts";

const [ONE, TWO] = ["tenant.example", "second.tenant.example"];
const TENANTS = accountOf("tenants", { id: "E3PREWARM", domain: "d333333abcdef8.cloudfront.net", aliases: [ONE] });
const [ENDPOINT = ""] = (TENANTS.connectionGroups ?? []).map((group) => group.RoutingEndpoint);
const urlOf = (host: string) => `https://${host}/css/site.css`;
const onlyHosts = (...hosts: string[]) => body({ url_list: hosts.map(urlOf), cf_domain: undefined });

describe("distribution tenants", () => {
  const stack = pipelineStack({
    edge: { ...world, distribution: { ...TENANTS, distributions: [...DOMAINS, ...TENANTS.distributions] } },
    parameters: { distributions: "dt_1,dt_2" },
  });
  const callsOf = (operation: string) => stack.pipeline.aws.calls.filter((call) => call.operation === operation);
  const fetchesOf = (tenant: string) =>
    stack.pipeline.edge.originRequests().filter(({ domain, method }) => domain === tenant && method === "GET").length;

  it("are warm under their own domains, and an invalidation is of one of them", async () => {
    const both = onlyHosts(ONE, TWO);
    const first = await stack.warm(both);
    const tasks = first["total_count"];
    expect(first).toMatchObject({ failed_count: 0, download_count: tasks, warm_count: tasks });
    expect(callsOf("GetDistributionTenant")).not.toEqual([]);
    expect(callsOf("ListDistributionTenants")).toEqual([]);

    const fetches = [fetchesOf(ONE), fetchesOf(TWO)];
    expect(await stack.warm({ ...onlyHosts(ONE), need_invalidate: true })).toMatchObject({ failed_count: 0 });
    expect(callsOf("CreateInvalidationForDistributionTenant")).toHaveLength(1);
    expect(callsOf("CreateInvalidation")).toEqual([]);
    await stack.warm(onlyHosts(TWO));
    // The first one's object was fetched again, and the second one's was still kept everywhere.
    expect([fetchesOf(ONE), fetchesOf(TWO)]).toEqual([2 * (fetches[0] ?? 0), fetches[1]]);
  });

  it("are known by the ids of the list to each step that finds the owner of a host", async () => {
    // It is no sitemap, so the request ends there.
    await stack.until(
      await stack.start({ ...onlyHosts(ONE), sources: [{ type: "sitemap", url: urlOf(ONE) }] }),
      "FAILED",
    );
    const roles = stack.pipeline.authorizer.used.flatMap(({ action, role }) =>
      action === "cloudfront:GetDistributionTenant" ? (/Api|Expand|GetSize/.exec(role) ?? []) : [],
    );
    expect(new Set(roles)).toEqual(new Set(["Api", "Expand", "GetSize"]));
  });

  it("are found and warmed by a direct run that may look them up", async () => {
    const own = await new Distributions(memoryCloudFront(TENANTS).cloudFront).listFor([ONE, TWO]);
    const { item } = await runDirect({ edge: stack.pipeline.edge, dead: [], own }, onlyHosts(ONE, TWO));
    expect(item).toMatchObject({ status: "FINISHED", failed_count: 0, warm_count: item.total_count });
    expect(item.distributions).toMatchObject([{ tenant: "dt_1" }, { tenant: "dt_2" }]);
  });

  it.each([
    [
      "the routing endpoint as cf_domain",
      { cf_domain: ENDPOINT, url_list: [urlOf(ONE)] },
      /routing endpoint of .*cg_1/,
    ],
    ["the routing endpoint as a URL's host", onlyHosts(ENDPOINT), /routing endpoint of .*cg_1/],
    ["a distribution that the stack's list has not", onlyHosts(HOST), /allows only dt_1, dt_2/],
  ])("%s is refused, and nothing is made", async (_, change, message) => {
    const before = await stack.inventory();
    const { status, json } = await stack.post("prewarm", body(change));
    expect([status, json["error_message"]]).toEqual([400, expect.stringMatching(message)]);
    expect(await stack.inventory()).toEqual(before);
  });
});
