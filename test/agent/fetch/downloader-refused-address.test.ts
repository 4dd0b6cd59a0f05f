import { describe, expect, onTestFinished, test } from "vitest";
import { PooledHttpClient } from "../../../agent/fetch/http/pooled-client.ts";
import { AddressRefusedError } from "../../../domain/net/addresses.ts";
import { ALIAS, download, edge, object, useEdge, visited } from "./edge-world.ts";

useEdge();

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

  test.each(["169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1", "fd00:ec2::254"])("%s", async (ip) => {
    const error = `${ip} is a private or reserved address, which is refused`;
    expect(await guarded([ip], "/inside.bin")).toMatchObject(refused(error));
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
