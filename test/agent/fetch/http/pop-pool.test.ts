import { once } from "node:events";
import type { Socket } from "node:net";
import { socketFailure } from "../../../../agent/fetch/http/connection.ts";
import { Cancellation } from "../../../../agent/fetch/http/http-client.ts";
import { PooledHttpClient } from "../../../../agent/fetch/http/pooled-client.ts";
import { times } from "../../../collect.ts";
import { eventually, useVirtualClock } from "../../../virtual-clock.ts";
import { HEADERS, HOST, OK, raw } from "./raw-server.ts";

useVirtualClock({ idleMs: 2 });

vi.mock("../../../../agent/fetch/http/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  KEEP_ALIVE_MS: 300,
}));

describe("kept connections", () => {
  test("200 downloads one after the other take one, 20 at once not more than 20", async () => {
    const { get, connections } = await raw((socket) => socket.write(OK));
    for (let n = 0; n < 200; n++) expect((await get()).bytes).toBe(2);
    expect(connections()).toBe(1);
    await Promise.all(times(20, () => get()));
    expect(connections()).toBeLessThanOrEqual(20);
  });

  test("no more than 128; what is beyond waits its turn and is asked once", async () => {
    const { get, connections, requests } = await raw((socket) => setTimeout(() => socket.write(OK), 5));
    const answers = await Promise.all(times(500, () => get()));
    expect(answers.filter(({ bytes }) => bytes === 2)).toHaveLength(500);
    expect(connections()).toBe(128);
    expect(requests()).toBe(500);
  });

  test("one that was closed meanwhile, or as it is asked, costs no attempt", async () => {
    for (const close of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
      const { get, connections } = await raw((socket, { onThis }) => (onThis === 0 ? socket.write(OK) : close(socket)));
      for (let n = 0; n < 5; n++) expect(await get()).toEqual({ bytes: 2, httpStatus: 200, contentLength: 2 });
      expect(connections()).toBe(5);
    }
  });

  test.each([
    ["names another POP", { pop: "SIN2-C1" }, "other_pop"],
    ["is too large", { maxBytes: 1 }, "too_large"],
    ["is a hit that is too large", { maxBytesOfHit: () => 1 }, "too_large"],
  ])(
    "a request that is sent again on a new one is judged like one that is sent once: the answer %s",
    async (_, options, reason) => {
      const answer = OK.replace("\r\n", "\r\nX-Cache: Hit from cloudfront\r\nX-Amz-Cf-Pop: FRA2-C1\r\n");
      const judged = async (isResent: boolean) => {
        const { pool, get, requests } = await raw((socket, { onThis }) =>
          isResent && onThis === 1 ? socket.end() : socket.write(answer),
        );
        if (isResent) await get();
        const { failure, bytes } = await pool.get("/", HEADERS, () => {}, options);
        expect(requests()).toBe(isResent ? 3 : 1);
        return { failure, bytes };
      };
      const once = await judged(false);
      expect(once.failure).toMatchObject({ reason });
      expect(await judged(true)).toEqual(once);
    },
  );

  test("a new one that is closed without an answer is a failure, and not asked again", async () => {
    const { get, requests } = await raw((socket) => socket.end());
    expect(await get()).toEqual({
      bytes: 0,
      failure: { reason: "connection", code: "CLOSED", detail: "the other side closed the connection" },
    });
    expect(requests()).toBe(1);
  });

  test("one whose answer says so is not used again, and neither is one on which more comes than was asked for", async () => {
    for (const answer of [OK.replace("\r\n", "\r\nConnection: close\r\n"), `${OK}more`]) {
      const { get, connections } = await raw((socket) => socket.write(answer));
      for (let n = 0; n < 3; n++) expect(await get()).toMatchObject({ bytes: 2, httpStatus: 200 });
      expect(connections()).toBe(3);
    }
  });

  test("one that nobody has used for a while is closed", async () => {
    let closed = false;
    const { get } = await raw((socket) => {
      socket.once("close", () => {
        closed = true;
      });
      socket.write(OK);
    });
    await get();
    await eventually(() => closed).toBe(true);
  });

  test("all pools of a client keep no more than it may: the one that was used longest ago is closed", async () => {
    const { port, connections } = await raw((socket) => socket.write(OK));
    const http = new PooledHttpClient({ allowPrivateAddresses: true, maxKeptConnections: 2 });
    onTestFinished(() => http.destroy());
    const get = (servername: string) =>
      http.get({ secure: false, address: "127.0.0.1", port, servername }, "/", HEADERS, () => {});
    for (const name of ["a", "b", "a", "c", "a", "c"]) await get(name);
    expect(connections()).toBe(3);
    await get("b");
    expect(connections()).toBe(4);
  });

  test("a client that spares connections lets a request wait for one that becomes free", async () => {
    const { port, connections, requests } = await raw((socket) => socket.write(OK));
    const http = new PooledHttpClient({ allowPrivateAddresses: true, maxKeptConnections: 100 });
    onTestFinished(() => http.destroy());
    const endpoint = { secure: false, address: "127.0.0.1", port, servername: HOST };
    const all = await Promise.all(times(90, () => http.get(endpoint, "/", HEADERS, () => {})));
    expect(all.filter(({ httpStatus }) => httpStatus === 200)).toHaveLength(90);
    expect(requests()).toBe(90);
    expect(connections()).toBeLessThan(90);
  });

  test("one that answers slowly does not keep the others waiting", async () => {
    const { port, requests } = await raw(() => {});
    const http = new PooledHttpClient({ allowPrivateAddresses: true, maxKeptConnections: 100 });
    const endpoint = { secure: false, address: "127.0.0.1", port, servername: HOST };
    const all = times(200, () => http.get(endpoint, "/", HEADERS, () => {}));
    await eventually(requests).toBe(128);
    await http.destroy();
    all.push(http.get(endpoint, "/", HEADERS, () => {}));
    for (const { failure } of await Promise.all(all)) expect(failure).toMatchObject({ code: "STOPPED" });
  });

  test("when one fails, those that wait get another", async () => {
    const { get } = await raw((socket, { connection }) => (connection < 64 ? socket.destroy() : socket.write(OK)));
    const answers = await Promise.all(times(300, () => get()));
    expect(answers.filter(({ failure }) => failure !== undefined)).toHaveLength(64);
    expect(answers.filter(({ bytes }) => bytes === 2)).toHaveLength(236);
  });
});

test("once it is destroyed, what runs or waits fails", async () => {
  const { pool, get, requests } = await raw(() => {});
  const running = times(200, () => get());
  await eventually(requests).toBe(128);
  pool.destroy();
  const stopped = { bytes: 0, failure: { reason: "other", code: "STOPPED", detail: "the agent has stopped" } };
  expect(await Promise.all(running)).toEqual(Array(200).fill(stopped));
  expect(requests()).toBe(128);
});

test("what is cancelled fails at once, also where it waits; other downloads go on", async () => {
  const { pool, get, requests } = await raw((socket, { inAll }) => inAll >= 128 && socket.write(OK));
  const cancellation = new Cancellation();
  const cut = times(200, () => pool.get("/", HEADERS, () => {}, { cancellation }));
  const other = get();
  await eventually(requests).toBe(128);
  cancellation.cancel();
  const cancelled = { bytes: 0, failure: { reason: "other", code: "CANCELLED", detail: "the request has ended" } };
  expect(await Promise.all(cut)).toEqual(Array(200).fill(cancelled));
  expect(await other).toEqual({ bytes: 2, httpStatus: 200, contentLength: 2 });
  expect(requests()).toBe(129);
});

test("memory does not grow with the size of the body", async () => {
  const SLICES = 128;
  const slice = Buffer.alloc(1 << 20, 7);
  const { get } = await raw(async (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SLICES * slice.length}\r\n\r\n`);
    for (let n = 0; n < SLICES; n++) if (!socket.write(slice)) await once(socket, "drain");
  });
  // Of this thread alone, which `rss` is not.
  const used = () => {
    const { external, heapUsed } = process.memoryUsage();
    return external + heapUsed;
  };
  const before = used();
  let most = before;
  let chunks = 0;
  const answer = await get("/", () => {
    if (chunks++ % 64 === 0) most = Math.max(most, used());
  });
  expect(answer).toMatchObject({ bytes: SLICES * slice.length, httpStatus: 200 });
  expect(chunks).toBeGreaterThan(SLICES);
  expect((most - before) / (1 << 20)).toBeLessThan(60);
});

describe("a request that waits until it may be sent", () => {
  test("is not sent if `beforeSend` rejects", async () => {
    const { pool, requests } = await raw((socket) => socket.write(OK));
    const beforeSend = () => Promise.reject(new Error("deferred"));
    await expect(pool.get("/", HEADERS, () => {}, { beforeSend })).rejects.toThrow("deferred");
    expect(requests()).toBe(0);
  });

  test("is not sent if it was cut off before", async () => {
    const { pool, requests } = await raw((socket) => socket.write(OK));
    let mayBeSent = () => {};
    const beforeSend = vi.fn(() => new Promise<void>((resolve) => (mayBeSent = resolve)));
    const cancellation = new Cancellation();
    const answer = pool.get("/", HEADERS, () => {}, { beforeSend, cancellation });
    await eventually(() => beforeSend.mock.calls.length).toBe(1);
    cancellation.cancel();
    await answer;
    mayBeSent();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(requests()).toBe(0);
  });
});

/** An error as Node gives it. */
const errorOf = (code: string, message = code) => Object.assign(new Error(message), { code });

const CODES = {
  connection:
    "ECONNREFUSED ECONNRESET EPIPE EHOSTUNREACH ENETUNREACH EADDRNOTAVAIL ETIMEDOUT ERR_SOCKET_CONNECTION_TIMEOUT",
  timeout: "ERR_HTTP_REQUEST_TIMEOUT",
  tls: "DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT_LOCALLY CERT_HAS_EXPIRED EPROTO ERR_TLS_CERT_ALTNAME_INVALID ERR_SSL_WRONG_VERSION_NUMBER",
  other: "EWHATEVER",
};

test.each(Object.entries(CODES))("the failure of a socket is counted as %s: %s", (reason, codes) => {
  for (const code of codes.split(" ")) expect(socketFailure(errorOf(code))).toEqual({ reason, code });
});

test("an error without a code goes by its name; what it says decides nothing", () => {
  const failure = socketFailure(new TypeError("nobody has thought of this: ECONNRESET"));
  expect(failure).toEqual({ reason: "other", code: "TypeError", detail: "nobody has thought of this: ECONNRESET" });
  expect(socketFailure(new Error(""))).toEqual({ reason: "other", code: "Error" });
});
