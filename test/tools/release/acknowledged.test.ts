import { compare } from "../../../tools/release/nag.ts";

describe("an acknowledgement", () => {
  const found = [
    { id: "S1", path: "A/Bucket/Resource" },
    { id: "S1", path: "B/Bucket/Resource" },
    { id: "IAM5[Resource::*]", path: "A/Fleet/Role/Resource" },
  ];
  const left = (...acknowledged: [id: string, ...at: string[]][]) =>
    compare(
      found,
      acknowledged.map(([id, ...at]) => ({ id, at, reason: "" })),
    );
  const [bucket, role] = [
    ["S1", "Bucket/Resource"],
    ["IAM5[Resource::*]", "Fleet/Role/Resource"],
  ] as const;

  test("holds in both stacks, for this finding at this place", () => {
    expect(left([...bucket], [...role])).toEqual({ open: [], stale: [] });
  });

  test("does not hold above or below its place, nor for another finding there", () => {
    expect(left(["S1", "Bucket"], [...role]).open).toEqual(found.slice(0, 2));
    expect(left([...bucket], ["IAM5[Resource::x/*]", "Fleet/Role/Resource"]).open).toEqual(found.slice(2));
    expect(left([...bucket], ["IAM5[Resource::*]", "Fleet/*"]).open).toEqual(found.slice(2));
    expect(left([...bucket], ["IAM5[Resource::*]", "Fleet/*/Resource"])).toEqual({ open: [], stale: [] });
  });

  test("that nothing needs is told", () => {
    expect(left([...bucket], [...role, "Pipeline/Role/Resource"])).toEqual({
      open: [],
      stale: [{ id: "IAM5[Resource::*]", path: "Pipeline/Role/Resource" }],
    });
  });
});
