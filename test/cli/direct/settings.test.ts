// What a direct run does about how the distribution is configured: as the API, and only where somebody has given credentials.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, hasCredentials } from "../../../cli/direct/account.ts";
import { DirectClient } from "../../../cli/direct/direct-client.ts";
import type { EngineDeps } from "../../../cli/direct/engine.ts";
import { RunStore } from "../../../cli/direct/store/run-store.ts";
import type { DistributionSettings } from "../../../domain/distribution/settings.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { plainSettings } from "../../lambdas/fakes/services.ts";

const BODY = { url_list: ["https://cdn.example.com/a"], pops: ["NRT57-P3"], timeout: 5, instance_count: 1 };
const KEY = { AWS_ACCESS_KEY_ID: "AKIA" };

function client(env: Record<string, string>, changes: Partial<DistributionSettings> = {}) {
  const root = mkdtempSync(join(tmpdir(), "prewarm-settings-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const load = vi.fn(async () => ({
    listFor: async () => [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }],
    settings: async () => plainSettings(changes),
    invalidate: async () => ({ id: "I1" }),
    isInvalidated: async () => true,
  }));
  const store = new RunStore(root);
  // Only these are asked for before a run begins.
  const deps: Partial<EngineDeps> = {
    store,
    caps: DEFAULT_CAPS,
    account: new Account(load),
    env: { HOME: root, ...env },
  };
  return { direct: new DirectClient(deps as EngineDeps), load, store, root };
}

it("refuses what would warm nothing, and makes no run", async () => {
  const { direct, store } = client(KEY, { enabled: false });
  await expect(direct.create(BODY)).rejects.toThrow(
    /disabled: the distribution E1 of cdn.example.com is disabled.*Enable it/s,
  );
  expect(await store.all()).toEqual([]);
});

it("warns, and keeps in the run what its steps need", async () => {
  const { item, warnings } = await client(KEY, { priceClass: "PriceClass_100" }).direct.create(BODY);
  expect(warnings).toEqual([expect.stringMatching(/^price_class: .*NRT57-P3/)]);
  expect(item.distribution_settings).toMatchObject([{ id: "E1", price_class: "PriceClass_100" }]);
});

it("asks nobody without credentials", async () => {
  const { direct, load } = client({}, { enabled: false });
  expect((await direct.create(BODY)).warnings).toEqual([]);
  expect(load).not.toHaveBeenCalled();
});

it("finds credentials in the environment and in the files of the AWS CLI", () => {
  const { root } = client({});
  const file = join(root, "config");
  expect([hasCredentials({ HOME: root }), hasCredentials({ HOME: root, ...KEY })]).toEqual([false, true]);
  expect(hasCredentials({ HOME: root, AWS_CONFIG_FILE: file })).toBe(false);
  writeFileSync(file, "");
  expect(hasCredentials({ HOME: root, AWS_CONFIG_FILE: file })).toBe(true);
});
