import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { createCertificate } from "../edge/certificate.ts";
import { RUN } from "../local/paths.ts";
import { freePort } from "../local/ports.ts";
import { SERVING_CORE } from "./pinned.ts";

export const HOST = "www.example.com";
/** Of the distribution that the host is an alias of. */
export const DOMAIN = "d111111abcdef8.cloudfront.net";
export const SMALL_BYTES = 10_000;
export const PACED_PER_SECOND = 4_000;

/**
 * A TLS server on the serving core, with a 10 KB object under every path, `/256m` and `/1g`. What it answers is a miss; below
 * `/hit/` it is a hit that does not tell its tier, so that a check finds one. Below `/warm/` it is a hit of the edge whose `Age` grows, so
 * that one check proves it; below `/warm/256m/`, of 256 MB; below `/warm/paced/`, PACED_PER_SECOND of them are answered in a second.
 */
export interface Server {
  readonly port: number;
  readonly httpPort: number;
  readonly caFile: string;
  /** Its certificate and key, for another server of that name. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Loopback addresses it answers on. */
  readonly addresses: readonly string[];
  /** How many requests it has had over all. */
  requests(): Promise<number>;
  /** Those below `/warm/timed/` and `/warm/256m/`. The log begins anew. */
  takeTimed(): TimedRequest[];
  close(): Promise<void>;
}

export interface TimedRequest {
  /** When it came, and when its last byte was sent: milliseconds since the epoch. */
  readonly at: number;
  readonly endedAt: number;
  /** Which of the addresses it came to. */
  readonly address: string;
  /** Of the body that were sent. */
  readonly bytes: number;
}

/** @param count of addresses @param name of its folder: two may run at once */
export async function startNginx({ count = 20, name = "nginx" } = {}): Promise<Server> {
  const folder = `${RUN}${name}/`;
  const timedLog = `${folder}timed.log`;
  mkdirSync(`${folder}www`, { recursive: true });
  const { caPem, certPem, keyPem } = await createCertificate([HOST, DOMAIN]);
  writeFileSync(`${folder}ca.pem`, caPem);
  writeFileSync(`${folder}cert.pem`, certPem);
  writeFileSync(`${folder}key.pem`, keyPem);
  writeFileSync(`${folder}www/small`, Buffer.alloc(SMALL_BYTES, 120));
  for (const [name, bytes] of [
    ["256m", 256 * 2 ** 20],
    ["1g", 2 ** 30],
  ] as const) {
    writeFileSync(`${folder}www/${name}`, "");
    // A sparse file: it takes no disk, and the page cache holds zeros.
    truncateSync(`${folder}www/${name}`, bytes);
  }
  const port = await freePort();
  const httpPort = await freePort();
  const addresses = Array.from({ length: count }, (_, i) => `127.88.${Math.floor(i / 250)}.${(i % 250) + 1}`);
  writeFileSync(`${folder}nginx.conf`, config(folder, addresses, port, httpPort));
  const child = spawn("nginx", ["-p", folder, "-c", `${folder}nginx.conf`, "-e", `${folder}error.log`], {
    stdio: "ignore",
  });
  for (let i = 0; ; i++) {
    const answer = await request(`http://${addresses[0]}:${httpPort}/ready`).catch(() => undefined);
    await answer?.body.dump();
    if (answer?.statusCode === 200) break;
    if (i === 100 || child.exitCode !== null) throw new Error(`nginx does not start; see ${folder}error.log`);
    await sleep(50);
  }
  return {
    port,
    httpPort,
    caFile: `${folder}ca.pem`,
    certFile: `${folder}cert.pem`,
    keyFile: `${folder}key.pem`,
    addresses,
    async requests() {
      const { body } = await request(`http://${addresses[0]}:${httpPort}/requests`);
      // "server accepts handled requests", and a line with a number for each.
      return Number(/^ *\d+ +\d+ +(\d+) *$/m.exec(await body.text())?.[1]);
    },
    takeTimed() {
      const lines = readFileSync(timedLog, "utf8").trim().split("\n");
      truncateSync(timedLog);
      return lines.flatMap((line) => {
        const [endedAt = "", seconds = "", address = "", bytes = ""] = line.split(" ");
        if (address === "") return [];
        const at = (Number(endedAt) - Number(seconds)) * 1_000;
        return { at, endedAt: Number(endedAt) * 1_000, address, bytes: Number(bytes) };
      });
    },
    async close() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function config(folder: string, addresses: readonly string[], port: number, httpPort: number): string {
  const listen = addresses.map((it) => `listen ${it}:${port} ssl; listen ${it}:${httpPort};`).join("\n    ");
  // Started as root, nginx would serve as nobody, who cannot look into .local/.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `daemon off;
${user}
worker_processes 1;
worker_rlimit_nofile 20000;
worker_cpu_affinity ${(1 << SERVING_CORE).toString(2)};
pid ${folder}nginx.pid;
events { worker_connections 16384; }
http {
  access_log off;
  log_format timed "$msec $request_time $server_addr $body_bytes_sent";
  # As if all had been cached at the last second that 10,000 divides.
  map $msec $growing_age { "~(?<age>[0-9]{4})[.]" $age; default 0; }
  client_body_temp_path ${folder}tmp-body; proxy_temp_path ${folder}tmp-proxy; fastcgi_temp_path ${folder}tmp-fastcgi;
  uwsgi_temp_path ${folder}tmp-uwsgi; scgi_temp_path ${folder}tmp-scgi;
  sendfile on; tcp_nodelay on; keepalive_requests 10000000; keepalive_timeout 600s;
  ssl_certificate ${folder}cert.pem; ssl_certificate_key ${folder}key.pem;
  # CloudFront's order: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
  ssl_prefer_server_ciphers on;
  ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256;
  open_file_cache max=100;
  limit_req_zone $server_port zone=paced:32k rate=${PACED_PER_SECOND}r/s;
  add_header x-cache "Miss from cloudfront"; add_header x-amz-cf-id "kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==";
  server {
    ${listen}
    root ${folder}www;
    location / { try_files /small =404; }
    location /hit/ {
      add_header x-cache "Hit from cloudfront"; add_header x-amz-cf-id "kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==";
      add_header age 100;
      add_header server-timing 'cdn-cache-hit,cdn-pop;desc="BEN1-C1",cdn-rid;desc="kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==",cdn-downstream-fbl;dur=1';
      try_files /small =404;
    }
    location /aged/ {
      add_header x-cache "Hit from cloudfront"; add_header x-amz-cf-id "kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==";
      add_header age $growing_age;
      add_header server-timing 'cdn-cache-hit,cdn-pop;desc="BEN1-C1",cdn-rid;desc="kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==",cdn-downstream-fbl;dur=1';
      try_files /small =404;
    }
    location /warm/ {
      add_header x-cache "Hit from cloudfront"; add_header x-amz-cf-id "kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==";
      add_header age $growing_age;
      add_header server-timing 'cdn-cache-hit,cdn-pop;desc="BEN1-C1",cdn-hit-layer;desc="EDGE",cdn-downstream-fbl;dur=1';
      location /warm/256m/ { access_log ${folder}timed.log timed; try_files /256m =404; }
      location /warm/timed/ { access_log ${folder}timed.log timed; try_files /small =404; }
      location /warm/paced/ { limit_req zone=paced burst=16000; try_files /small =404; }
      try_files /small =404;
    }
    location = /requests { stub_status; }
    location = /256m { }
    location = /1g { }
  }
}
`;
}
