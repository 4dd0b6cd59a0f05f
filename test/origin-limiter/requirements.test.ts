// What the origin limiter must keep to, in virtual time. `npm run lab -- origin-limiter` runs the other scenarios, too, and sets the seed;
// LIMITER_ONLY="40 processes" selects.
import { mulberry32 } from "../../tools/lab/engine/seed.ts";
import { installVirtualClock } from "../virtual-clock.ts";
import { ALL, SOME } from "./scenarios.ts";

const START = 1_700_000_000_000;
const { LIMITER_SEED = "1", LIMITER_SHARE, LIMITER_ONLY = "" } = process.env;
const seed = Number(LIMITER_SEED);
const every = Math.round(1 / Number(LIMITER_SHARE));
const chosen = LIMITER_SHARE === undefined ? SOME : ALL.filter((_, i) => i % every === 0);

test.each(chosen.filter(({ name }) => new RegExp(LIMITER_ONLY).test(name)))(
  `$name, seed ${seed}`,
  async ({ name, run }) => {
    const clock = installVirtualClock({ now: START });
    vi.spyOn(Math, "random").mockImplementation(mulberry32(seed));
    try {
      const { figures, violations } = await run(seed);
      const text = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
      console.log(`@ ${violations.length === 0 ? "met" : "VIOLATED"} | ${name} | ${seed} | ${text.join(", ")}`);
      expect(violations).toEqual([]);
    } finally {
      vi.restoreAllMocks();
      clock.uninstall();
    }
  },
  LIMITER_SHARE === undefined ? 60_000 : 1_800_000,
);
