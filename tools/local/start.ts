import { once } from "node:events";
import { faultFile } from "./fault-file.ts";
import { type LocalPrewarm, startLocalPrewarm } from "./local-prewarm.ts";
import { parseOptions, USAGE } from "./options.ts";
import { LOCAL } from "./paths.ts";
import { ending, InterruptedError } from "./processes.ts";
import { endOnSignals } from "./signals.ts";
import { DEAD_POP, FILES, HOST, world } from "./world.ts";

const say = (line: string) => console.log(line);

endOnSignals(say);

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) say(USAGE);
  else await serve(options);
} catch (error) {
  // Ended by the user while it started: all of it is closed.
  if (!(error instanceof InterruptedError)) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function serve({ edge, port, distribution }: ReturnType<typeof parseOptions>): Promise<void> {
  const standIn = { ...world, distribution, faults: faultFile(`${LOCAL}faults.json`, say) };
  const prewarm = await startLocalPrewarm({
    say,
    ...(edge ? { edge: standIn } : {}),
    ...(port === undefined ? {} : { port }),
  });
  try {
    say(welcome(prewarm, edge));
    if (distribution !== undefined)
      say(`The distribution is of the kind ${distribution}: docs/testing.md#kinds-of-distributions`);
    if (!ending.signal.aborted) await once(ending.signal, "abort");
  } finally {
    await prewarm.close();
  }
}

function welcome({ apiUrl, apiKey, aws }: LocalPrewarm, edge: boolean): string {
  const curl = `curl -sS -H 'x-api-key: ${apiKey}'`;
  const host = edge ? HOST : "<your domain>";
  const body = JSON.stringify({
    url_list: [`https://${host}/index.html`, `https://${host}/css/bootstrap-icons.css`],
    cf_domain: host,
    target_type: "pop",
    pops: ["ATL56-C1", "SIN2-C1", "DFW55-C3"],
    timeout: 5,
    instance_count: 1,
  });
  return `
API      ${apiUrl}
Key      ${apiKey}
Console  ${apiUrl}console
AWS      ${aws.endpoint} (${aws.region}, access key id ${aws.env["AWS_ACCESS_KEY_ID"]}, any secret)
${edge ? edgeLines() : `Edge     ${outsideEdge()}`}
Logs     .local/emulator.log (Lambdas), .local/logs/ (agents)

In another terminal, in this folder (docs/getting-started.md walks you through it):
  npx prewarm warm https://${host}/index.html --pop SIN2-C1,ATL56-C1
  npx prewarm open

Or by curl. Start a request, which answers with its request_id:
  ${curl} -X POST -d '${body}' ${apiUrl}prewarm
Its progress:
  ${curl} '${apiUrl}prewarm?req_id=REQUEST_ID'
Its summary, once it has ended:
  ${curl} '${apiUrl}summary?req_id=REQUEST_ID'
More or fewer instances; with "force_stop": true the request is stopped:
  ${curl} -X POST -d '{"DesiredCapacity": 2, "req_id": "REQUEST_ID", "force_stop": false}' ${apiUrl}instances
How many there are:
  ${curl} ${apiUrl}instances

Ctrl-C ends everything.`;
}

function edgeLines(): string {
  return `Edge     stands in for CloudFront: https://${HOST} with ${Object.keys(FILES).length} files, at every known POP but ${DEAD_POP}
         ${Object.keys(FILES).join(" ")}
Faults   .local/faults.json, if you want some: docs/getting-started.md#make-it-fail`;
}

function outsideEdge(): string {
  const {
    PREWARM_DNS_SERVERS: servers,
    PREWARM_HTTPS_PORT: https = "443",
    PREWARM_HTTP_PORT: http = "80",
  } = process.env;
  return `POPs as ${servers === undefined ? "this machine's DNS" : `the DNS at ${servers}`} resolves them, ports ${https} and ${http}`;
}
