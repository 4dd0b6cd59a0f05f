import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { IS_LONG } from "../../fuzz.ts";
import { WORST_BODIES, type WorstBody } from "./worst-bodies.ts";

/** Those that were the worst of all. A long run tries the others, too. */
const WORST: readonly WorstBody[] = [
  ...([
    "quotes that nobody closes",
    "lists in lists",
    "one country again and again",
    "numbers in place of URLs",
  ] as const),
  ...(["objects in place of URLs", "unknown fields", "60,000 URLs that cannot be invalidated"] as const),
  ...(["long hosts of all alphabets", "hosts of 4 labels of 60 signs"] as const),
];
/** The worst took 0.9 s on a quiet machine. Beside other tests it may be slow; what grows with the square takes minutes. */
const MAX_SECONDS = IS_LONG ? 2 : 4;

/** A process that needs more ends. The function has 1,024 MB, of which a process needs some 100 besides its heap. */
const MAX_HEAP_MEGABYTES = 256;

const costSchema = z.object({ status: z.number(), bytes: z.number(), seconds: z.number() });

let api: ReturnType<typeof fork>;
beforeAll(() => {
  const module = fileURLToPath(new URL("worst-bodies-process.ts", import.meta.url));
  api = fork(module, {
    execArgv: [`--max-old-space-size=${MAX_HEAP_MEGABYTES}`, "--import", import.meta.resolve("tsx")],
  });
});
afterAll(() => void api.kill());

it.each(IS_LONG ? Object.keys(WORST_BODIES) : WORST)(
  "a body of 6 MB costs neither seconds nor more memory than there is, and Lambda can send the answer: %s",
  async (name) => {
    const told = new AbortController();
    api.once("exit", () => told.abort(new Error("the process has ended")));
    api.send(name);
    const [message] = await once(api, "message", { signal: told.signal });
    api.removeAllListeners("exit");
    const { status, bytes, seconds } = costSchema.parse(message);
    if (IS_LONG) console.log(`${seconds.toFixed(2)} s ${status} ${name}`);
    expect(status).toBeLessThan(500);
    expect(bytes).toBeLessThan(6_000_000);
    expect(seconds).toBeLessThan(MAX_SECONDS);
  },
  120_000,
);
