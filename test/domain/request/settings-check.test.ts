// What a whole POST makes of the check: test/lambdas/api/settings.test.ts.
import { PLAIN_SETTINGS, type SettingsQuery } from "../../../domain/distribution/settings.ts";
import { checkSettings } from "../../../domain/request/settings-check.ts";

it("reads the distribution behind the tenants of a retry once for all that are configured alike", async () => {
  const read: SettingsQuery[] = [];
  const tenant = (n: number) => ({
    id: "E1",
    tenant: `dt_${n}`,
    domain: "d7.cloudfront.net",
    aliases: [`dt_${n}.example`],
    settings: { isDeployed: true, hasAnycastIps: n === 3 },
  });
  const source = {
    listFor: async () => [1, 2, 3].map(tenant),
    settings: async (query: SettingsQuery) => {
      read.push(query);
      const { id } = query;
      return { ...PLAIN_SETTINGS, id, domain: "d1.cloudfront.net", behaviours: [], viewerMtls: "required" as const };
    },
  };
  const item = { pops: [], header: [], verify: "edge" as const };
  const tenants = ["dt_1", "dt_2", "dt_3"].map((tenant) => ({
    label: "d7",
    id: "E1",
    tenant,
    names: [],
    hosts: [`${tenant}.example`],
  }));
  const foreign = { label: "d8", names: [] };
  const retried = { distributions: [...tenants, foreign] };
  const { refusals } = await checkSettings(source, { item, urls: [], arePopsNamed: true, isStarting: true, retried });
  expect(read).toMatchObject([1, 3].map(tenant).map(({ id, settings }) => ({ id, settings })));
  expect(refusals).toMatchObject(
    [1, 3].map((n) => ({ code: "viewer_mtls", problem: expect.stringContaining(`dt_${n}.example`) })),
  );
});

it.each([
  ["starts", true, false, false],
  ["starts and leaves out what no cache keeps", true, true, true],
  ["is estimated", false, false, true],
])("policies of a request that %s", async (_, isStarting, skip_uncached, withPolicies) => {
  const read: SettingsQuery[] = [];
  const source = {
    listFor: async () => [{ id: "E1", domain: "d1.cloudfront.net", aliases: [] }],
    settings: async (query: SettingsQuery) => {
      read.push(query);
      return { ...PLAIN_SETTINGS, id: "E1", domain: "d1.cloudfront.net", behaviours: [] };
    },
  };
  const item = { pops: [], header: [], verify: "edge" as const, skip_uncached };
  const urls = ["https://d1.cloudfront.net/a"];
  await checkSettings(source, { item, urls, arePopsNamed: true, isStarting });
  expect(read).toMatchObject([{ id: "E1", withPolicies }]);
});
