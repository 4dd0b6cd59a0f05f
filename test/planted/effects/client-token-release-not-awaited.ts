import type { Bug } from "../bug.ts";

export default {
  invariant: "A call that fails releases its client token before it answers.",
  description: "The call answers without waiting for the release, and Lambda may freeze before the token is free.",
  changes: [
    {
      file: "lambdas/api/start-request.ts",
      find: "await deps.tokens\n      .release",
      replace: "void deps.tokens\n      .release",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/api/client-token.test.ts"],
} satisfies Bug;
