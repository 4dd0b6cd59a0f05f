import { authorization } from "./authorization.ts";
import type { LocalClients } from "./clients.ts";
import type { Deployed } from "./deployed.ts";
import type { Aws } from "./emulator.ts";
import { openEntrance } from "./entrance.ts";
import { LocalFleet, type OnLaunch } from "./fleet.ts";

/** A deployed stack with what the emulator lacks: its agents run, and its API has an address. */
export interface StackAtWork {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly deployed: Deployed;
  readonly fleet: LocalFleet;
  close(): Promise<void>;
}

export interface WorkOptions {
  readonly aws: Aws;
  readonly clients: LocalClients;
  /** Variables for the agents, beside those that their stack gives them. */
  readonly env: NodeJS.ProcessEnv;
  /** Ports of the API: the first that is free. @default any */
  readonly ports?: readonly number[] | undefined;
  readonly say: (line: string) => void;
  /** @default every agent has the same environment */
  readonly onLaunch?: OnLaunch | undefined;
}

export async function putToWork(deployed: Deployed, options: WorkOptions): Promise<StackAtWork> {
  const { aws, clients, env, say, onLaunch } = options;
  const fleet = await LocalFleet.start(clients, deployed, { ...aws.env, ...env }, say, onLaunch);
  try {
    const { apiId, apiKey, allowedCidrs } = deployed;
    const target = `${aws.endpoint}/_aws/execute-api/${apiId}`;
    const signed = authorization(aws, "execute-api");
    const entrance = await openEntrance({
      ports: options.ports ?? [0],
      target,
      apiKey,
      allowedCidrs,
      authorization: signed,
    });
    const close = async () => {
      await entrance.close();
      await fleet.close();
    };
    return { apiUrl: entrance.url, apiKey, deployed, fleet, close };
  } catch (error) {
    await fleet.close();
    throw error;
  }
}
