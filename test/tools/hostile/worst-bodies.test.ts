import { expect, it } from "vitest";
import { measureBodies } from "../../../tools/hostile/measure-bodies.ts";

/** Those that were the worst of all; `npm run lab hostile` sends the others too. */
const NAMES = [
  "quotes that nobody closes",
  "lists in lists",
  "one country again and again",
  "numbers in place of URLs",
  "objects in place of URLs",
  "unknown fields",
  "60,000 URLs that cannot be invalidated",
  "long hosts of all alphabets",
  "hosts of 4 labels of 60 signs",
];

/** `npm run lab hostile` wants 1 s. Here the machine may be slow, and do other things; what grows with the square takes minutes. */
const MOST_SECONDS = 4;

it("bodies of 6 MB: none takes seconds or 400 MB, and each is answered by what Lambda can send", () => {
  const costs = [...measureBodies(NAMES)];
  const figures = costs.map((it) => `${it.seconds.toFixed(2)} s ${it.megabytes.toFixed(0)} MB ${it.status} ${it.what}`);
  console.log(figures.join("\n"));
  const bad = costs.filter(
    (it) => it.seconds > MOST_SECONDS || it.megabytes > 400 || it.bytes > 6_000_000 || it.status >= 500,
  );
  expect([costs.length, bad]).toEqual([NAMES.length, []]);
}, 240_000);
