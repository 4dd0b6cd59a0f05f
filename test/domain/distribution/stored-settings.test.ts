import { type CacheBehaviour, PLAIN_SETTINGS } from "../../../domain/distribution/settings.ts";
import { storedSettings, storedSettingsSchema, urlBehaviours } from "../../../domain/distribution/stored-settings.ts";
import { times } from "../../collect.ts";

const CACHING = { minTtl: 0, defaultTtl: 1, maxTtl: 2, queryStrings: "none", cookies: "none", headers: [] } as const;
const behaviour = (pathPattern: string, more: Partial<CacheBehaviour> = {}): CacheBehaviour => ({
  pathPattern,
  caching: CACHING,
  isSigned: false,
  ...more,
});
const stored = (...behaviours: CacheBehaviour[]) =>
  storedSettings({ ...PLAIN_SETTINGS, id: "E1", domain: "d1.cloudfront.net", errorTtls: { 404: 60 }, behaviours });

it("keeps what later steps need, and no behaviour that says what those after it say", () => {
  const off = { ...CACHING, maxTtl: 0 };
  const settings = stored(
    behaviour("/plain/*"),
    behaviour("/api/*", { caching: off }),
    behaviour("/all/*", { caching: { ...CACHING, headers: ["*"] } }),
    behaviour("*.js", { originShieldRegion: "us-east-1" }),
    behaviour("*", { originShieldRegion: "us-east-1", isSigned: true }),
  );
  expect(storedSettingsSchema.parse(settings)).toEqual({
    id: "E1",
    price_class: "PriceClass_All",
    error_ttls: { 404: 60 },
    behaviours: [
      { path_pattern: "/plain/*" },
      { path_pattern: "/api/*", uncached: true },
      { path_pattern: "/all/*", uncached: true },
      { path_pattern: "*", origin_shield: "us-east-1" },
    ],
  });
  const behaviourOf = urlBehaviours({ distribution_settings: [settings] }, () => "E1");
  expect(behaviourOf("https://x.example/api/a.js")).toMatchObject({ uncached: true });
  expect(behaviourOf("https://x.example/a.js")).toMatchObject({ origin_shield: "us-east-1" });
});

it("keeps no behaviours where there are too many", () => {
  const many = times(30, (i) => behaviour(`/${i}/*`, { originShieldRegion: `region-${i}` }));
  expect(stored(...many, behaviour("*")).behaviours).toEqual([]);
});
