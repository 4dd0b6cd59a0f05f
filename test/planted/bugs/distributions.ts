import type { Bugs } from "../bug.ts";

export default {
  "invalidation-of-tenant-hits-template": {
    invariant: "An invalidation of a distribution tenant leaves the objects of all other tenants in the caches.",
    description: "The multi-tenant distribution is invalidated in place of the tenant.",
    test: "test/domain/request/find-distributions.test.ts",
    file: "domain/request/distributions.ts",
    find: "return tenant ?? id;",
    replace: "return id ?? tenant;",
  },
  "pops-outside-price-class-are-warmed": {
    invariant: "A POP to which the price class leads no viewer is warmed only if the request names it.",
    description: "The warning lists the POPs that the price class excludes, and they are warmed all the same.",
    test: "test/domain/validation/apply-settings.test.ts",
    file: "domain/validation/apply-settings.ts",
    find: "included: pops.filter((pop) => !excluded.includes(pop)),",
    replace: "included: pops,",
  },
  "refused-distribution-stays-refused": {
    invariant: "A request that follows the advice of a refusal is not refused by the settings of before.",
    description: "The settings of a distribution that was refused are kept for five minutes.",
    test: "test/aws/distribution-settings.test.ts",
    file: "aws/distribution-settings.ts",
    find: 'return Enabled === true && Status === "Deployed" && Staging !== true && ViewerMtlsConfig?.Mode !== "required";',
    replace:
      'return Enabled !== undefined || (Status === "" && Staging !== true && ViewerMtlsConfig?.Mode !== "required");',
  },
  "staging-without-header-is-accepted": {
    invariant: "A staging distribution is refused if a download lacks the header that CloudFront routes to it by.",
    description: "It is enough that one of several variants has the header.",
    test: "test/domain/distribution/findings.test.ts",
    file: "domain/distribution/findings.ts",
    find: "return wanted.variants.every(hasHeader(traffic.header))\n",
    replace: "return wanted.variants.some(hasHeader(traffic.header))\n",
  },
  "unreadable-settings-refuse-request": {
    invariant: "A setting that cannot be read is a warning, and the request goes on.",
    description: "What was not checked is a 400.",
    test: "test/lambdas/api/settings.test.ts",
    file: "domain/distribution/findings.ts",
    find: 'not_checked: "warning",',
    replace: 'not_checked: "refusal",',
  },
} satisfies Bugs;
