import { type Command, Option } from "commander";
import type { Downloads, Scope } from "../../domain/result/downloads.ts";
import type { Verify } from "../../domain/result/outcome.ts";

/** As the domain has them. They stand here because its files load zod, which help does not wait for. */
export const VERIFY = ["edge", "off"] as const satisfies readonly Verify[];
/** As written on the command line: the API takes `1` and `2` as numbers. */
export const DOWNLOADS = ["auto", "1", "2"] as const satisfies readonly `${Downloads}`[];
export const SCOPES = ["pop", "regional"] as const satisfies readonly Scope[];

/** An option that may be given several times. */
export function list(flags: string, says: string): Option {
  return new Option(flags, says).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

/** Where the API is: of every command that asks it. */
export function withPlace(command: Command): Command {
  return command
    .optionsGroup(
      "Which API to call (default: PREWARM_ENDPOINT and PREWARM_API_KEY, PREWARM_STACK, the local API; otherwise a direct run):",
    )
    .option("--stack <name>", "a deployed stack: reads its outputs and fetches the key")
    .option("--profile <name>", "AWS profile for --stack")
    .option("--aws-region <name>", "AWS Region of --stack, such as us-east-1")
    .option("--endpoint <url>", "address of the API; ends in /prod/")
    .option("--api-key <key>", "key of --endpoint, --stack or --local; safer: PREWARM_API_KEY")
    .option("--local", "the API that npm start runs in this folder")
    .option("--direct", "direct run without an API: this machine downloads (default if no API is configured)");
}

export function withJson(command: Command, says = "print the response of the API as JSON"): Command {
  return command.optionsGroup("Output:").option("--json", says);
}

/** What a request is told beside URLs and POPs. */
export function withSettings(command: Command): Command {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (words) => parse(withFlagApart(words));
  return command
    .optionsGroup("How:")
    .option("--timeout <time>", "stop after this time: 30m, 2h, 1d (default: 30m; direct: 7d)")
    .option("--instances <n>", "instances to run (default: 1)")
    .addOption(list("--header <line>", "'Name: value' sent with every download; repeatable"))
    .addOption(list("--variant <variant>", "name=Header: value; repeatable, the same name adds a line"))
    .addOption(new Option("--verify <how>", "how to verify that objects are cached").choices(VERIFY))
    .addOption(
      new Option(
        "--downloads <n>",
        "whole downloads of each object: 1 halves the bytes, but a POP keeps an object from its second request on",
      ).choices(DOWNLOADS),
    )
    .addOption(
      new Option("--scope <scope>", "caches to warm: the POPs, or only the regional edge caches above them").choices(
        SCOPES,
      ),
    )
    .option("--origin-rps <n>", "maximum requests per second to the origin (default: no limit; direct: 50)")
    .option("--origin-concurrency <n>", "maximum concurrent downloads from the origin")
    .addOption(
      list(
        "--invalidate [path]",
        "invalidate first: without a value the URLs, with a value this path of the distribution, such as '/patch/*'; repeatable",
      ),
    )
    .addOption(list("--invalidate-tag <tag>", "invalidate objects with this cache tag first; repeatable"))
    .option("--cf-domain <name>", "domain name of the distribution, if the URLs do not identify it")
    .option("--max-bytes <n>", "maximum bytes to transfer, such as 500GB; a larger request ends as FAILED")
    .option("--max-failures <n>", "maximum number of failed tasks; with more, the request ends as FAILED")
    .option(
      "--token <text>",
      "idempotency token: repeated calls with the same token start only one request (not for direct runs)",
    );
}

/** In place of a path, after --invalidate: the URLs. */
export const URLS_THEMSELVES = "";

/** Has no URL taken for the path of `--invalidate`: that begins with a slash. */
function withFlagApart(words: readonly string[]): string[] {
  const end = words.indexOf("--");
  return words.map((word, i) => {
    const isOption = word === "--invalidate" && (end === -1 || i < end);
    return isOption && words[i + 1]?.startsWith("/") !== true ? `--invalidate=${URLS_THEMSELVES}` : word;
  });
}

/** Where the URLs come from. */
export function withUrls(command: Command): Command {
  return command
    .argument(
      "[urls...]",
      "absolute URLs, or - to read them from stdin; a *sitemap*.xml, .m3u8 or .mpd stands for the URLs in it",
    )
    .optionsGroup("What:")
    .addOption(list("--file <file>", "file of URLs, one per line; - for stdin; repeatable"))
    .addOption(
      list(
        "--sitemap <place>",
        "sitemap with the URLs: https://… or s3://bucket/key; repeatable, like the next options",
      ),
    )
    .addOption(list("--hls <place>", "an HLS playlist and all URLs that it references"))
    .addOption(list("--dash <place>", "a DASH manifest and all URLs that it references"))
    .addOption(list("--list <place>", "list of URLs that the deployment reads"))
    .addOption(list("--s3 <prefix>", "all objects under s3://bucket/prefix; with --base"))
    .option("--base <url>", "base URL for the keys of a bucket, such as https://www.example.com/")
    .option("--origin-path <path>", "origin path of the distribution, for --s3")
    .option("--since <date>", "only sitemap entries modified on or after this date")
    .addOption(list("--source-host <host>", "read documents of sitemaps and manifests at this host, too; repeatable"))
    .option("--skip-uncached", "skip URLs that CloudFront does not cache")
    .option(
      "--from <file>",
      "file with a body of POST /prewarm, which other options override, or with a list of URLs; - for stdin",
    );
}

export function withTargets(command: Command): Command {
  return command
    .optionsGroup(
      "Where to warm (use --pop, --country or --region; default: the default sets of all regions except cn, 30 POPs):",
    )
    .addOption(list("--pop <code>", "POPs, such as SIN2-P1; repeatable, or separated by commas"))
    .addOption(list("--country <name>", "default sets of countries, such as japan or JP"))
    .addOption(list("--region <name>", "default sets of CloudFront's regions: apac, au, ca, cn, eu, jp, sa, us"))
    .option("--all-pops", "all known POPs instead of the default set; with --region or --country, all POPs there");
}

/** Of commands that may work without a stack. */
export function withDirect(command: Command): Command {
  return command
    .optionsGroup("Direct runs:")
    .addOption(dnsOption())
    .optionsGroup("Confirmation:")
    .option(...YES);
}

export function dnsOption(): Option {
  return list("--dns <server>", "DNS resolver for POPs, such as 1.1.1.1; repeatable");
}

export const YES = ["-y, --yes", "do not ask for confirmation"] as const;

/** Of commands that start a request. */
export function withWait(command: Command): Command {
  return command
    .option("--wait", "wait for the end (default)")
    .option("--no-wait", "print the ID of the new request and return");
}
