import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { WriteStream } from "node:tty";
import { createLogUpdate } from "log-update";
import { duration, timeLeft } from "../../domain/durations.ts";
import { countryCode } from "../../domain/pops/countries.ts";
import { DISCOVERED_KEY, type DiscoveredPops } from "../../domain/pops/discovered-pops.ts";
import { regionsOf } from "../../domain/pops/regions.ts";
import { SITES, type Site } from "../../domain/pops/sites.ts";
import { NO_TASK_STATES } from "../../domain/readiness/task-states.ts";
import type { PlaceWords } from "../body/place-words.ts";
import { awsRegionOf } from "../body/regions.ts";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-codes.ts";
import { bar } from "../live/bar.ts";
import { ASCII, isUtf8, SHAPES } from "../live/glyphs.ts";
import { span, written } from "../live/spans.ts";
import { count, many } from "../output/figures.ts";
import { lookOf } from "../output/look.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";

export interface DiscoverWords extends PlaceWords {
  readonly country?: string;
  readonly rec?: string;
  readonly label?: string;
  /** A file, or `s3://BUCKET`. */
  readonly save?: string;
}

const REDRAW_MS = 500;
const LINE_MS = 10_000;
/** Cells of the figures beside the bar. */
const FIGURES = 60;

/**
 * Asks the DNS which POPs exist now. Ctrl-C ends the questions and keeps the answers so far. Returns the exit code.
 * @param region lower case
 */
export async function discover(
  shell: Shell,
  text: string | undefined,
  words: DiscoverWords,
  region: string | undefined,
): Promise<number> {
  const label = labelOf(words);
  const target = words.save === undefined ? undefined : saveTarget(shell, words.save);
  const { popDiscovery, QUESTIONS_PER_SECOND } = await import("../direct/direct.ts");
  const discovery = popDiscovery(shell, words.dns);
  const plan = await discovery.plan(sitesOf(text, words, region));
  const { length: names } = plan.candidates;
  if (names === 0)
    throw new CommandError(
      "these options select no site",
      (command) =>
        `\`${command("pops")}\` lists the sites. China's POPs belong to another service and cannot be discovered.`,
    );
  if (plan.completedSites > 0)
    mention(shell, `Continuing: an earlier discovery has asked for ${many(plan.completedSites, "site")}.`);
  mention(
    shell,
    `Asking the DNS for ${many(names, "name")}, at most ${QUESTIONS_PER_SECOND} per second: about ${duration((names / QUESTIONS_PER_SECOND) * 1_000, "en")}. Ctrl-C keeps the answers so far.`,
  );
  const stop = new AbortController();
  const hear = () => stop.abort();
  process.once("SIGINT", hear);
  const shown = { names, answered: 0, alive: 0, begunAt: performance.now() };
  const close = showProgress(shell, shown);
  const result = await discovery
    .run(plan, {
      label,
      signal: stop.signal,
      onAnswer: ({ alive, answered }) => {
        shown.alive = alive.length;
        shown.answered = answered.size;
      },
    })
    .finally(() => {
      close();
      process.off("SIGINT", hear);
    });
  const isWhole = result.answered === names;
  if (words.json === true) sayJson(shell, result.list);
  else
    say(
      shell,
      `${many(result.alive, "POP")} of ${many(result.answered, "name")} ${result.alive === 1 ? "exists" : "exist"}. Direct runs use the list for a week: ${many(result.list.pops.length, "POP")} at ${many(result.list.sites.length, "complete site")}.`,
    );
  if (stop.signal.aborted) {
    mention(shell, "Interrupted. To continue, run the same command again within a day.");
    return EXIT.cutShort;
  }
  if (!isWhole)
    mention(
      shell,
      `${many(names - result.answered, "name")} had no answer. The sites of these names are not complete: run the same command again.`,
    );
  await target?.(result.list, words);
  return EXIT.good;
}

function labelOf({ label = "" }: DiscoverWords): string {
  if (/^[a-z0-9-]{1,63}$/i.test(label)) return label;
  throw new CommandError(
    label === "" ? "--discover needs --label" : `--label '${label}' is not a label of a domain name`,
    "Use the first label of your distribution's domain: --label d111111abcdef8 for d111111abcdef8.cloudfront.net",
  );
}

/** The sites that the filters of `pops` select. */
function sitesOf(text: string | undefined, words: DiscoverWords, region: string | undefined): Site[] {
  const country = words.country === undefined ? undefined : countryCode(words.country);
  if (words.country !== undefined && country === undefined)
    throw new CommandError(
      `unknown country '${words.country}'`,
      "Use an English name or an ISO code, such as japan or JP.",
    );
  const has = (part: string, whole: string | undefined) => (whole ?? "").toLowerCase().includes(part.toLowerCase());
  return SITES.filter(
    (site) =>
      (country === undefined || site.country === country) &&
      (region === undefined || regionsOf(site).some((it) => it === region)) &&
      (words.rec === undefined || has(words.rec, site.rec)) &&
      (text === undefined || [site.iata, site.city, site.country, site.rec].some((it) => has(text, it))),
  );
}

type Save = (list: DiscoveredPops, words: DiscoverWords) => Promise<void>;

/** Writes the list to a file, or to the bucket of a stack. @throws CommandError for an address that is none */
function saveTarget(shell: Shell, place: string): Save {
  const json = (list: DiscoveredPops) => `${JSON.stringify(list)}\n`;
  if (!place.startsWith("s3://"))
    return async (list) => {
      await writeFile(resolve(shell.cwd, place), json(list));
      mention(shell, `Saved to ${place}.`);
    };
  const [, bucket = "", key = ""] = /^s3:\/\/([a-z0-9.-]{3,63})\/?(.*)$/.exec(place) ?? [];
  if (bucket === "" || (key !== "" && key !== DISCOVERED_KEY))
    throw new CommandError(
      `--save '${place}' is not where a stack reads the list`,
      `Use the bucket of the stack: --save s3://BUCKET (the key is ${DISCOVERED_KEY}), or a file.`,
    );
  return async (list, { profile, awsRegion }) => {
    const { putObject } = await import("../direct/cloudfront.ts");
    const object = { bucket, key: DISCOVERED_KEY, body: json(list) };
    try {
      await putObject(object, { profile, region: awsRegionOf(awsRegion) });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CommandError(
        `the list cannot be saved to s3://${bucket}/${DISCOVERED_KEY}: ${why}`,
        "The list is kept on this machine. Check the bucket's name and your credentials (--profile), then run the command again.",
        { cause },
      );
    }
    mention(shell, `Saved to s3://${bucket}/${DISCOVERED_KEY}. The stack uses it from now on.`);
  };
}

interface Shown {
  readonly names: number;
  readonly begunAt: number;
  answered: number;
  alive: number;
}

/** A progress bar on a terminal, else a line every ten seconds. @returns ends it */
function showProgress(shell: Shell, shown: Shown): () => void {
  const { terminal } = shell.stderr;
  const figures = () => {
    const { names, answered, alive, begunAt } = shown;
    const perMs = answered / Math.max(1, performance.now() - begunAt);
    return {
      share: Math.floor((answered * 100) / names),
      leftMs: perMs === 0 ? undefined : (names - answered) / perMs,
      alive,
    };
  };
  if (!(terminal instanceof WriteStream) || !terminal.isTTY || shell.env["TERM"] === "dumb") {
    const line = () => {
      const { share, leftMs, alive } = figures();
      const left = leftMs === undefined ? "" : ` left=${Math.round(leftMs / 1_000)}s`;
      const at = `${new Date().toISOString().slice(0, 19)}Z`;
      mention(shell, `${at} ${share}% names=${shown.answered}/${shown.names} pops=${alive}${left}`);
    };
    const timer = setInterval(line, LINE_MS);
    return () => clearInterval(timer);
  }
  const draw = createLogUpdate(terminal);
  const glyphs = isUtf8(shell.env, process.platform) ? SHAPES : ASCII;
  const { paint } = lookOf(shell, shell.stderr);
  const redraw = () => {
    const { share, leftMs, alive } = figures();
    const width = terminal.columns ?? 80;
    const shares = { ...NO_TASK_STATES, warm: shown.answered, waiting: shown.names - shown.answered };
    const left = leftMs === undefined ? "" : `  ${timeLeft(leftMs, "en")} left`;
    const told = `  ${share}%  ${count(shown.answered)} of ${count(shown.names)} names  ${many(alive, "POP")}${left}`;
    draw(written([...bar(shares, Math.max(4, width - FIGURES), glyphs.bar), span(told)], width, paint));
  };
  const timer = setInterval(redraw, REDRAW_MS);
  return () => {
    clearInterval(timer);
    redraw();
    draw.done();
  };
}
