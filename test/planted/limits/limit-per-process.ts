import type { Bug } from "../bug.ts";

export default {
  invariant: "A request's limit holds for all agents together.",
  description: "Each process sends as many requests per second as the request allows in all.",
  changes: [
    {
      file: "domain/origin/reservations.ts",
      find: '{ kind: "set", to: wholeMicroseconds(start + by), below: start }',
      replace: '{ kind: "set", to: start + by, below: Number.POSITIVE_INFINITY }',
    },
    {
      file: "domain/origin/reservations.ts",
      find: "if (tat === undefined || tat < start)",
      replace: "if (tat === undefined || tat !== start)",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit", "test/origin-limiter/requirements.test.ts"],
} satisfies Bug;
