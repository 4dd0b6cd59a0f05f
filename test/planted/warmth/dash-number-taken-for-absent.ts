import type { Bug } from "../bug.ts";

export default {
  invariant: "A value of a DASH manifest that cannot be read is rejected, not treated as absent.",
  description:
    "A number that is not an integer counts as absent, so that a representation has fewer segments than it names.",
  changes: [
    {
      file: "probe/sources/mpd.ts",
      find: "if (value === undefined) throw new",
      replace: 'if (value === undefined && name === "") throw new',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit", "test/probe/sources/read-dash.test.ts"],
} satisfies Bug;
