import { expect, it } from "vitest";
import { type BodyTarget, tryBodies } from "../../../tools/hostile/try-bodies.ts";
import { world } from "../../lambdas/api/world.ts";

it("hostile bodies are refused, quickly, with nothing left behind", async () => {
  const { call, requests, lists, timer, fleet, errors } = world();
  const target: BodyTarget = {
    async send({ path, body }) {
      const started = performance.now();
      const answer = await call(`POST /${path}`, body);
      return {
        status: answer.status,
        text: JSON.stringify(answer.body),
        seconds: (performance.now() - started) / 1_000,
      };
    },
    inventory: async () =>
      JSON.stringify([requests.items.size, Object.keys(lists.objects), timer.schedules.size, fleet.capacity]),
  };
  const said: string[] = [];
  const rows = await tryBodies(target, { count: 1_000, seed: 11, say: (line) => said.push(line) });
  expect(said.filter((line) => line.includes("WRONG"))).toEqual([]);
  expect(rows.map(({ tried, wrong }) => ({ tried, wrong }))).toEqual(Array(2).fill({ tried: 1_000, wrong: 0 }));
  expect(errors).toEqual([]);
  console.log(rows.map(({ what, saw }) => `${what}: ${saw}`).join("\n"));
}, 60_000);
