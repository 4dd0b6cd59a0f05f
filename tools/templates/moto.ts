import { type Aws, awsAt } from "../local/emulator.ts";
import { LOCAL } from "../local/paths.ts";
import { freePort } from "../local/ports.ts";
import { start, stop } from "../local/processes.ts";
import { ready } from "../local/ready.ts";
import { venv } from "../local/venv.ts";

/** The account that moto takes every key for that it has not given out itself. */
const ACCOUNT = "123456789012";

/**
 * Starts moto (https://docs.getmoto.org/en/latest/docs/server_mode.html), a second emulator of the AWS APIs, on loopback and
 * a free port. It is installed from PyPI when it is not there.
 */
export async function startMoto(say: (line: string) => void): Promise<Aws> {
  const folder = await venv("moto", "tools/templates/requirements.txt", say);
  const port = await freePort();
  const args = ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)];
  const child = start(
    `${folder}/bin/python`,
    args,
    { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    `${LOCAL}moto.log`,
  );
  // By name: at an address, moto does not find the bucket in the URL of a template.
  const aws = awsAt(`http://localhost:${port}`, ACCOUNT);
  const close = () => stop(child);
  try {
    await ready(`${aws.endpoint}/moto-api/data.json`, child, "moto", ".local/moto.log");
  } catch (error) {
    await close();
    throw error;
  }
  return { ...aws, close };
}
