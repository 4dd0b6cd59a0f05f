import type { Bug } from "../bug.ts";

export default {
  invariant: "The certificate of a POP must be valid for the name of the distribution.",
  description: "The TLS client accepts a certificate for any name.",
  changes: [
    {
      file: "agent/fetch/http/connection.ts",
      find: 'ALPNProtocols: ["http/1.1"],',
      replace: 'ALPNProtocols: ["http/1.1"],\n      checkServerIdentity: () => undefined,',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/http/pop-pool-tls.test.ts"],
} satisfies Bug;
