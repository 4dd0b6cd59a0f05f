import type { Bug } from "../bug.ts";

export default {
  invariant: "Text from a server is escaped in the report page.",
  description: "The error of a failed task is put into the page as HTML.",
  changes: [
    {
      file: "console/report/failed-tasks.tsx",
      find: "<td>{error}</td>",
      replace: "<td dangerouslySetInnerHTML={{ __html: error }} />",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/console/report/report-html.test.ts"],
} satisfies Bug;
