import type { Resolver } from "../../domain/net/resolver.ts";
import { candidatesAt, type DiscoveredPops, readDiscovered, withAnswers } from "../../domain/pops/discovered-pops.ts";
import { selectPops } from "../../domain/pops/select.ts";
import type { Site } from "../../domain/pops/sites.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import {
  checkResolver,
  type DiscoverOptions,
  discoverPops,
  lookUnder,
  UselessDnsError,
} from "../../probe/pop-lookup.ts";
import { CommandError } from "../command-error.ts";
import type { RunStore } from "./store/run-store.ts";

/** Upper bound of the rate at which the DNS is asked. */
export const QUESTIONS_PER_SECOND = 200;

/** A discovery that was interrupted is continued within this time. Later, all sites are asked again. */
const RESUME_MS = 86_400_000;

interface DiscoveryPlan {
  /** Codes in the order in which they are asked. */
  readonly candidates: readonly string[];
  /** Number of sites that an earlier discovery has completed. */
  readonly completedSites: number;
  /** The list that the answers are added to. */
  readonly list: DiscoveredPops | undefined;
}

/** The result of a discovery. */
interface DiscoveryResult {
  readonly list: DiscoveredPops;
  /** POPs that resolved now. */
  readonly alive: number;
  readonly answered: number;
  /** Names without an answer. */
  readonly unclear: number;
}

/** Asks the DNS which POPs exist, and keeps the list in the state folder, where direct runs read it. */
export class PopDiscovery {
  constructor(
    private readonly store: RunStore,
    private readonly dns: Pick<Resolver, "addresses">,
  ) {}

  /** The questions about these sites. Sites that an interrupted discovery has completed are left out. */
  async plan(sites: readonly Site[]): Promise<DiscoveryPlan> {
    const now = Date.now();
    const { list } = readDiscovered(await this.store.discoveredPops(), now);
    const isRecent = list !== undefined && now - parseTimestamp(list.discovered_at) < RESUME_MS;
    const completed = new Set(isRecent ? list.sites : []);
    const missing = sites.filter(({ iata }) => !completed.has(iata));
    // A list of all these sites is renewed.
    const asked = candidatesAt(missing).length === 0 ? sites : missing;
    return { candidates: candidatesAt(asked), completedSites: sites.length - asked.length, list };
  }

  /**
   * Asks, and stores the list, also if the signal ends the questions early.
   * @throws CommandError if the resolver is of no use
   */
  async run(
    { candidates, list: before }: DiscoveryPlan,
    { label, ...options }: Pick<DiscoverOptions, "signal" | "onAnswer"> & { readonly label: string },
  ): Promise<DiscoveryResult> {
    const begunAt = Date.now();
    const look = lookUnder(label, this.dns, QUESTIONS_PER_SECOND);
    try {
      await checkResolver(look);
      const known = await Promise.all(selectPops("region", []).pops.map(look));
      if (!known.includes("alive"))
        throw new UselessDnsError(`No POP of the default sets resolves under the label ${label}`);
      const { alive, answered, unclear } = await discoverPops({ candidates, look, ...options });
      const list = withAnswers(before, candidates, { alive, answered, begunAt });
      if (answered.size > 0) await this.store.putDiscoveredPops(JSON.stringify(list));
      return { list, alive: alive.length, answered: answered.size, unclear: unclear.size };
    } catch (cause) {
      if (!(cause instanceof UselessDnsError)) throw cause;
      throw new CommandError(
        cause.message,
        "Check --label, which is the first label of the distribution's *.cloudfront.net domain, or use another resolver: --dns 1.1.1.1",
        { cause },
      );
    }
  }
}
