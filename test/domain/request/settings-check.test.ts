// What a whole POST makes of the check: test/lambdas/api/settings.test.ts.
import { PLAIN_SETTINGS } from "../../../domain/distribution/settings.ts";
import { checkSettings } from "../../../domain/request/settings-check.ts";

it("reads the distribution behind the tenants of a retry once", async () => {
  const read: string[] = [];
  const source = {
    own: async () => [],
    settings: async (id: string) => {
      read.push(id);
      return { ...PLAIN_SETTINGS, id, domain: "d1.cloudfront.net", behaviours: [], viewerMtls: "required" as const };
    },
  };
  const item = { pops: [], header: [], verify: "edge" as const };
  const tenants = ["dt_1", "dt_2"].map((tenant) => ({
    label: "d7",
    id: "E1",
    tenant,
    names: [],
    hosts: [`${tenant}.example`],
  }));
  const foreign = { label: "d8", names: [] };
  const retried = { distributions: [...tenants, foreign] };
  const { refusals } = await checkSettings(source, { item, urls: [], arePopsNamed: true, retried });
  expect(read).toEqual(["E1"]);
  expect(refusals).toMatchObject([{ code: "viewer_mtls", problem: expect.stringContaining("dt_1.example") }]);
});
