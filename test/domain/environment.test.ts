import { z } from "zod";
import { readEnvironment } from "../../domain/environment.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the environment", () => {
  const schema = z.object({ TABLE_X: z.string().min(1), PORT_X: z.coerce.number().int().default(443), URL_X: z.url() });

  it("is read by its schema", () => {
    vi.stubEnv("TABLE_X", "t");
    vi.stubEnv("URL_X", "https://a.example/");
    vi.stubEnv("PORT_X", "8443");
    expect(readEnvironment(schema)).toEqual({ TABLE_X: "t", PORT_X: 8_443, URL_X: "https://a.example/" });
  });

  it("causes one error that names every invalid variable", () => {
    vi.stubEnv("PORT_X", "many");
    const reading = () => readEnvironment(schema);
    expect(reading).toThrow("Invalid environment variables");
    for (const name of ["TABLE_X", "PORT_X", "URL_X"]) expect(reading).toThrow(name);
  });
});
