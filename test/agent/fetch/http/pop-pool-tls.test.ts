import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:tls";
import { createCertificate } from "../../../../tools/edge/certificate.ts";
import { HOST, listen, poolOf } from "./raw-server.ts";

const certificate = await createCertificate([HOST]);

describe("TLS", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  async function secure(servername: string, ca = certificate.caPem) {
    const names: unknown[] = [];
    const resumed: boolean[] = [];
    const server = createHttpsServer({ key: certificate.keyPem, cert: certificate.certPem }, (_, response) => {
      response.end("ok");
    });
    server.on("secureConnection", (socket) => {
      names.push(socket.servername);
      resumed.push(socket.isSessionReused());
    });
    const port = await listen(server);
    return { ...poolOf(port, { ca, servername }), names, resumed };
  }

  test("names the distribution, and resumes the session on its next connections", async () => {
    const { get, names, resumed } = await secure(HOST);
    await get();
    await Promise.all([get(), get(), get()]);
    expect(names).toEqual([HOST, HOST, HOST]);
    expect(resumed).toEqual([false, true, true]);
  });

  test("a certificate of another name is refused before anything is asked", async () => {
    const { get, names } = await secure("www.example.org");
    expect(await get()).toEqual({
      bytes: 0,
      failure: { reason: "tls", code: "ERR_TLS_CERT_ALTNAME_INVALID", detail: expect.stringMatching(/./) },
    });
    expect(names.length).toBeLessThanOrEqual(1);
  });

  test("a certificate that no trusted authority signed is refused, whatever the environment says", async () => {
    vi.spyOn(process, "emitWarning").mockReturnValue(undefined);
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const { get } = await secure(HOST, (await createCertificate([HOST])).caPem);
    expect(await get()).toMatchObject({ bytes: 0, failure: { reason: "tls" } });
  });

  test("an answer without a length that is cut below TLS is not good: nothing tells its end", async () => {
    const server = createServer({ key: certificate.keyPem, cert: certificate.certPem }, (socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\n\r\nhello"));
    });
    const { get } = poolOf(await listen(server), { ca: certificate.caPem });
    expect(await get()).toMatchObject({ httpStatus: 200, bytes: 5, failure: { code: "OPEN_END" } });
  });
});
