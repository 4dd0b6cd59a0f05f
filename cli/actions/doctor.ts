import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../api/client.ts";
import { isRefused } from "../api/refusal.ts";
import { CommandError } from "../command-error.ts";
import { connect, REPOSITORY } from "../endpoint/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { cleanLine } from "../output/clean.ts";
import { lookOf } from "../output/look.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";
import { VERSION } from "../version.ts";
import { type PlaceWords, placeOf } from "./place-words.ts";

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly says: string;
  readonly next?: string;
}

/**
 * Looks at a deployment from outside: whether its API answers, takes the key, and is of this release. In the repository, the
 * stack is looked at from inside, too (docs/doctor.md).
 */
export async function doctor(shell: Shell, more: readonly string[], words: PlaceWords): Promise<number> {
  const client = await connect(shell, placeOf(words));
  const findings = await look(client);
  const { paint } = lookOf(shell);
  const failed = findings.some(({ ok }) => !ok);
  if (words.json === true) sayJson(shell, { endpoint: client.endpoint.url, failed, findings });
  else
    for (const { check, ok, says, next } of findings) {
      say(shell, `${ok ? paint("green", "ok    ") : paint("red", "failed")}  ${check.padEnd(9)} ${cleanLine(says)}`);
      if (next !== undefined) say(shell, `        ${next}`);
    }
  const inside = words.json === true ? undefined : doctorOfRepository(client.endpoint.from, words);
  if (inside === undefined) {
    if (words.json !== true) mention(shell, "To look at the stack from inside: npm run doctor, in the repository.");
    return failed ? EXIT.fault : EXIT.good;
  }
  const code = await run([...inside, ...more]);
  return failed || code !== 0 ? EXIT.fault : EXIT.good;
}

async function look(client: Client): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const { value } = await client.instances();
    findings.push({ check: "answers", ok: true, says: `${client.endpoint.url} (from ${client.endpoint.from})` });
    findings.push({ check: "key", ok: true, says: `is taken; ${value.desiredcapacity} instances are wanted` });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const isKey = isRefused(error, 403);
    return [{ check: isKey ? "key" : "answers", ok: false, says: error.message, next: error.next }];
  }
  return [...findings, await version(client)];
}

async function version(client: Client): Promise<Finding> {
  try {
    const { value } = await client.settings();
    if (value.version === VERSION) return { check: "version", ok: true, says: `${VERSION}, in ${value.region}` };
    return {
      check: "version",
      ok: true,
      says: `${value.version} is deployed, this command is ${VERSION}`,
      next: "Where they do not understand each other, use the command of the deployed release.",
    };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { check: "version", ok: false, says: error.message, next: "The deployment may be older than this command." };
  }
}

/** How an endpoint says that it is of a stack; its name follows. */
const STACK = "the stack ";

/** The words of `npm run doctor`, where it is; it looks at a stack or the local run. */
function doctorOfRepository(from: string, { stack, profile, region = [] }: PlaceWords): string[] | undefined {
  const main = join(REPOSITORY, "tools", "doctor", "main.ts");
  const tsx = join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs");
  if (!existsSync(main) || !existsSync(tsx)) return undefined;
  const isLocal = from.endsWith("endpoint.json");
  if (!isLocal && !from.startsWith(STACK)) return undefined;
  const place = isLocal
    ? ["--local"]
    : Object.entries({ stack: stack ?? from.slice(STACK.length), profile, region: region[0] }).flatMap(([name, it]) =>
        it ? [`--${name}`, it] : [],
      );
  return [tsx, main, ...place];
}

function run(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    // It reads the local run's file where it is.
    const child = spawn(process.execPath, args, { stdio: "inherit", cwd: REPOSITORY });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
