import { expect, it } from "vitest";
import { oncePerVariant } from "../../../agent/fetch/request-headers.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";

const message = (pop: string): TaskMessage =>
  ({ req_id: "r1", pop, ips: ["192.0.2.1"], host: "a.example", urls: [] }) as never;

it("finds out once a message and variant", () => {
  const asked: string[] = [];
  const find = oncePerVariant(({ pop }, variant) => {
    asked.push(`${pop} ${variant}`);
    return variant === "br";
  });
  const [one, other] = [message("SIN2-P1"), message("FRA56-P4")];
  expect([find(one), find(one, "br"), find(one), find(one, "br"), find(other, "br")]).toEqual([
    ...[false, true, false, true],
    true,
  ]);
  expect(asked).toEqual(["SIN2-P1 undefined", "SIN2-P1 br", "FRA56-P4 br"]);
});

it("keeps nothing of what throws", () => {
  let asked = 0;
  const find = oncePerVariant(() => {
    if (asked++ === 0) throw new Error("not now");
    return "now";
  });
  const it = message("SIN2-P1");
  expect(() => find(it)).toThrow("not now");
  expect(find(it)).toBe("now");
});
