// What a direct run does about how the distribution is configured: as the API, and only where somebody has given credentials.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account } from "../../../cli/direct/account.ts";
import { cloudFront } from "../../../cli/direct/cloudfront.ts";
import { DirectClient } from "../../../cli/direct/direct-client.ts";
import type { EngineDeps } from "../../../cli/direct/engine.ts";
import { RunStore } from "../../../cli/direct/store/run-store.ts";
import type { DistributionSettings } from "../../../domain/distribution/settings.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { plainSettings } from "../../lambdas/fakes/services.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

const BODY = { url_list: ["https://cdn.example.com/a"], pops: ["NRT57-P3"], timeout: 5, instance_count: 1 };

useVirtualClock();

function client(changes: Partial<DistributionSettings> = {}, hasCredentials = async () => true) {
  const root = mkdtempSync(join(tmpdir(), "prewarm-settings-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const listFor = vi.fn(async () => [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }]);
  const load = async () => ({
    listFor,
    hasCredentials,
    settings: async () => plainSettings(changes),
    invalidate: async () => ({ id: "I1" }),
    isInvalidated: async () => true,
  });
  const store = new RunStore(root);
  // Only these are asked for before a run begins.
  const deps: Partial<EngineDeps> = { store, caps: DEFAULT_CAPS, account: new Account(load) };
  return { direct: new DirectClient(deps as EngineDeps), listFor, store };
}

it("refuses what would warm nothing, and makes no run", async () => {
  const { direct, store } = client({ enabled: false });
  await expect(direct.create(BODY)).rejects.toThrow(
    /disabled: the distribution E1 of cdn.example.com is disabled.*Enable it/s,
  );
  expect(await store.all()).toEqual([]);
});

it("warns, and keeps in the run what its steps need", async () => {
  const { item, warnings } = await client({ priceClass: "PriceClass_100" }).direct.create(BODY);
  expect(warnings).toEqual([expect.stringMatching(/^price_class: .*NRT57-P3/)]);
  expect(item.distribution_settings).toMatchObject([{ id: "E1", price_class: "PriceClass_100" }]);
});

it.each([
  ["there are none", async () => false],
  ["looking for them takes too long", () => new Promise<boolean>(() => undefined)],
])("asks CloudFront nothing without credentials: %s", async (_, hasCredentials) => {
  const { direct, listFor } = client({ enabled: false }, hasCredentials);
  expect((await direct.create(BODY)).warnings).toEqual([]);
  expect(listFor).not.toHaveBeenCalled();
});

it.each([
  ["in the environment", {}, { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s" }, true],
  [
    "in a file that has some",
    { credentials: "[default]\naws_access_key_id = A\naws_secret_access_key = s\n" },
    {},
    true,
  ],
  ["in no file without any", { config: "[default]\nregion = us-east-1\n" }, {}, false],
])("finds credentials where the SDK does: %s", async (_, files, env, expected) => {
  const root = mkdtempSync(join(tmpdir(), "prewarm-credentials-"));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", join(root, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(root, "credentials"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(await new Account(async () => cloudFront({})).hasCredentials()).toBe(expected);
});
