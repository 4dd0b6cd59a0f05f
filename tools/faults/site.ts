import { HOST } from "../local/world.ts";
import type { LabOptions } from "./lab-options.ts";

/** More than what files may have that share a message. */
const LONG_BYTES = 17_000_000;

/** What the edge of the lab has, and which request asks for it. */
export interface LabFiles {
  readonly host: string;
  /** Bytes, by path. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly longBytes: number;
  /** Paths whose downloads last long. */
  readonly long: readonly string[];
  /** Paths of the request that must end well: short ones, and long ones among them. */
  readonly first: readonly string[];
  /** Paths of the request that is stopped: all long. */
  readonly second: readonly string[];
}

export function filesOf({ urls, long, stopped }: Pick<LabOptions, "urls" | "long" | "stopped">): LabFiles {
  const short = paths("objects", urls);
  const slow = paths("long", long?.urls ?? 0);
  const second = paths("second", stopped ?? 0);
  return {
    host: HOST,
    longBytes: LONG_BYTES,
    long: [...slow, ...second],
    second,
    first: [...short, ...slow],
    sizes: new Map([
      ...short.map((path, i): [string, number] => [path, 1_000 + i]),
      ...[...slow, ...second].map((path): [string, number] => [path, LONG_BYTES]),
    ]),
  };
}

export function urlOf(path: string): string {
  return `https://${HOST}${path}`;
}

function paths(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `/${name}/${i}.bin`);
}
