import { networkInterfaces } from "node:os";
import { aliasCommand, edgeAddresses } from "../edge/place-pops.ts";
import type { StandInOptions } from "./stand-in-edge.ts";

/** What of a machine decides whether a local run is possible. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Addresses of its network interfaces. */
  readonly addresses: () => readonly string[];
}

/** This machine cannot run Prewarm. The message says what to do. */
export class UnfitMachineError extends Error {
  override readonly name = "UnfitMachineError";
}

const READ_ON = "See docs/getting-started.md#platforms.";

/**
 * Why a machine cannot have a local run, and what to do; undefined: it can, as far as that is known without a try. The emulator
 * listens on a Unix socket, and each POP of the edge has a loopback address.
 * @param edge addresses of its POPs; none without a stand-in edge
 */
export function unfit({ platform, addresses }: Machine, edge: readonly string[]): string | undefined {
  if (platform === "linux") return undefined;
  if (platform !== "darwin")
    return `A local run needs Linux or macOS, and this is ${NAMES[platform] ?? platform}. On Windows, WSL 2 and the dev container have a Linux in which it runs. ${READ_ON}`;
  const there = new Set(addresses());
  const missing = edge.filter((address) => !there.has(address));
  if (missing.length === 0) return undefined;
  return `The stand-in edge needs ${edge.length} loopback addresses, one for each POP, and macOS lacks ${missing.length} of them. This makes them, until the machine starts anew:

  ${aliasCommand(missing)}

Then try again. ${READ_ON}`;
}

const NAMES: Partial<Record<NodeJS.Platform, string>> = { win32: "Windows" };

/** @throws UnfitMachineError if this machine cannot have a local run with that edge */
export function refuseUnfit(edge: Pick<StandInOptions, "pops"> | undefined): void {
  const addresses = () => Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const why = unfit({ platform: process.platform, addresses }, edge === undefined ? [] : edgeAddresses(edge));
  if (why !== undefined) throw new UnfitMachineError(why);
}
