import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { WORST_BODIES } from "./worst-bodies.ts";

/** The worst took 0.9 s on a quiet machine. Beside other tests it may be slow; what grows with the square takes minutes. */
const MAX_SECONDS = 4;

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

it.each(Object.keys(WORST_BODIES))(
  "a body of 6 MB costs neither seconds nor more memory than there is, and Lambda can send the answer: %s",
  async (name) => {
    const told = new AbortController();
    api.once("exit", () => told.abort(new Error("the process has ended")));
    api.send(name);
    const [message] = await once(api, "message", { signal: told.signal });
    api.removeAllListeners("exit");
    const { status, bytes, seconds } = costSchema.parse(message);
    expect(status).toBeLessThan(500);
    expect(bytes).toBeLessThan(6_000_000);
    expect(seconds).toBeLessThan(MAX_SECONDS);
  },
  120_000,
);
