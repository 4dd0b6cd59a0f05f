import { ClientTokens } from "../../aws/client-tokens.ts";
import { TOKEN_SECONDS } from "../../domain/request/client-token.ts";
import { memoryDb } from "./memory-db.ts";

const AT = 1_700_000_000_000;
const claimOf = (req_id: string, afterSeconds = 0) => ({ req_id, digest: "d", at: AT + afterSeconds * 1_000 });

function newTokens() {
  return new ClientTokens(memoryDb().db, "progress");
}

it("a client token is free again when it has expired, also while DynamoDB has not deleted its item", async () => {
  const tokens = newTokens();
  await tokens.claim("t", claimOf("first"));
  expect(await tokens.claim("t", claimOf("second", TOKEN_SECONDS - 1))).toBe(false);
  expect(await tokens.claim("t", claimOf("second", TOKEN_SECONDS))).toBe(true);
  expect(await tokens.read("t")).toMatchObject({ req_id: "second" });
});

it("a client token is taken over from the claim that was read, and from no later one", async () => {
  const tokens = newTokens();
  await tokens.claim("t", claimOf("dead"));
  expect(await tokens.claim("t", claimOf("second", 60), claimOf("dead"))).toBe(true);
  expect(await tokens.claim("t", claimOf("third", 60), claimOf("dead"))).toBe(false);
  expect(await tokens.read("t")).toMatchObject({ req_id: "second" });
});

it("a client token is released by the request that it stands for, and by no other one", async () => {
  const tokens = newTokens();
  await tokens.claim("t", claimOf("first"));
  await tokens.release("t", "second");
  expect(await tokens.read("t")).toMatchObject({ req_id: "first" });
  await tokens.release("t", "first");
  expect(await tokens.read("t")).toBeUndefined();
});
