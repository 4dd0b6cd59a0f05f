import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { program } from "../../cli/program.ts";

const sink = { write: () => true };
const root = program({ env: {}, cwd: "/", stdin: Readable.from([]), stdout: sink, stderr: sink }, () => undefined);

/** The groups of a command's help by their headings. */
function groupsOf(name: string): Map<string, string> {
  const help = root.commands.find((it) => it.name() === name)?.helpInformation() ?? "";
  return new Map(help.split("\n\n").map((group) => [group.split(/[:(]/, 1)[0]?.trim() ?? "", group]));
}

test.each(["warm", "estimate"])("%s: --region stands where POPs are chosen, with both of its meanings", (name) => {
  const groups = groupsOf(name);
  expect(groups.get("Where to warm")).toMatch(/--region <name> +POPs of a region .* AWS region of the stack/s);
  expect(groups.get("Where the API is")).toContain("--region, too");
});

test("elsewhere --region says where the API is", () => {
  expect(groupsOf("status").get("Where the API is")).toMatch(/--region <name> +AWS region of the stack/);
});
