import { PooledHttpClient } from "../../../agent/fetch/http/pooled-client.ts";
import { NotATaskError } from "../../../agent/fetch/request-headers.ts";
import { AddressRefusedError } from "../../../domain/net/addresses.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { ALIAS, DOMAIN, download, edge, object, SIZE, seen, useEdge, visited } from "./edge-world.ts";

useVirtualClock({ idleMs: 2 });

useEdge();

describe("whom it asks, and as whom", () => {
  test("a POP's addresses in equal parts, and for each URL the same one first", async () => {
    const paths = Array.from({ length: 16 }, (_, i) => `/spread/${i}.bin`);
    const asked = (path: string) => (seen.get(path) ?? []).map(({ address }) => address);
    for (const path of paths) {
      const url = object(path, [], 10);
      await download({ url });
      await download({ url });
      expect(new Set(asked(path)).size, path).toBe(1);
    }
    const [one = "", two = ""] = edge.addressesOf("SIN2-P1");
    for (const address of [one, two]) {
      const share = paths.filter((path) => asked(path)[0] === address).length;
      expect(share).toBeGreaterThan(3);
    }
  });

  test("the distribution by its own name or an alias, whatever the URL's host is", async () => {
    const url = object("/names.bin");
    for (const host of [DOMAIN, ALIAS]) expect(await download({ url, message: { host } })).toMatchObject({ ok: true });
    // Two downloads and a check, and then a download that is a hit of the edge, and its check.
    const hosts = [DOMAIN, DOMAIN, DOMAIN, ALIAS, ALIAS];
    expect(seen.get("/names.bin")?.map(({ headers }) => headers.host)).toEqual(hosts);
  });

  test("http URLs without TLS", async () => {
    object("/plain.bin");
    expect(await download({ url: "http://www.example.com/plain.bin" })).toMatchObject({ ok: true, bytes: SIZE });
  });

  test("the URL's own port, which Host has and the certificate has not", async () => {
    object("/port.bin");
    const host = `${ALIAS}:${edge.httpsPort}`;
    const result = await download({
      url: `https://${host}/port.bin`,
      message: { host },
      options: { ports: { httpsPort: 1, httpPort: 1 } },
    });
    expect(result).toMatchObject({ ok: true, bytes: SIZE });
    expect(seen.get("/port.bin")?.[0]?.headers.host).toBe(host);
  });

  test.each([
    ["edge", { pragma: "server-timing" }],
    ["off", {}],
  ] as const)("with the request's headers, but for those that are not a caller's to set: %s", async (verify, more) => {
    const path = `/headers-${verify}.bin`;
    const url = object(path);
    const header = ["X-Token: a: b ", "accept-encoding: br", "Host: evil.example", "Content-Length: 5", "no header"];
    expect(await download({ url, message: { header, verify } })).toMatchObject({ ok: true });
    const headers = seen.get(path)?.[0]?.headers;
    expect(headers).toEqual({
      host: DOMAIN,
      "user-agent": "prewarm",
      "x-token": "a: b",
      "accept-encoding": "br",
      ...more,
    });
  });
});

describe("what is no task, whoever tries", () => {
  test.each(["", "ftp://www.example.com/a", "javascript:1"])("the URL %j", async (url) => {
    await expect(download({ url })).rejects.toThrow(new NotATaskError("a url is not an http(s) URL"));
  });

  test.each(["a\r\nx-evil: 1", "b\u00fccher.example"])("the host %j", async (host) => {
    const url = object("/poison.bin");
    await expect(download({ url, message: { host } })).rejects.toThrow(
      new NotATaskError("the host is not a host name"),
    );
    expect(visited("/poison.bin")).toEqual([]);
  });
});

describe("an address that is not public", () => {
  const guarded = async (ips: readonly string[], path: string) => {
    const strict = new PooledHttpClient({ ca: edge.caPem });
    onTestFinished(() => strict.destroy());
    const url = object(path);
    return download({ url, message: { ips: [...ips] }, options: { http: strict } });
  };
  const refused = (error: string) => ({
    ok: false,
    reason: "refused_address",
    attempts: 0,
    bytes: 0,
    http_status: undefined,
    error,
  });

  test("is never asked, and the task's failure says which it was", async () => {
    const [ip = ""] = edge.addressesOf("SIN2-P1");
    const error = `${ip} is a private or reserved address, which is refused`;
    expect(await guarded([ip], "/private.bin")).toMatchObject(refused(error));
    expect(visited("/private.bin")).toEqual([]);
  });

  test("a name in its place is not looked up", async () => {
    expect(await guarded(["localhost"], "/name.bin")).toMatchObject(refused("'localhost' is not an IP address"));
  });

  test("gets no connections either, whoever asks for them", async () => {
    const endpoint = { secure: false, address: "127.0.0.1", port: edge.httpPort, servername: ALIAS };
    const get = new PooledHttpClient().get(endpoint, "/", "", () => undefined);
    await expect(get).rejects.toThrow(AddressRefusedError);
  });
});
