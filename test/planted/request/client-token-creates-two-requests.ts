import type { Bug } from "../bug.ts";

export default {
  invariant: "Two calls with the same client token create one request.",
  description: "A claim of a client token succeeds while the token stands for another request.",
  changes: [
    {
      file: "aws/client-tokens.ts",
      find: "expire_at <= :now",
      replace: "expire_at > :now",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/aws/client-tokens.test.ts"],
} satisfies Bug;
