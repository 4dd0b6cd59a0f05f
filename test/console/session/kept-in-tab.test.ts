// What the page keeps for its tab alone: the key and the draft of a form.
import { forgetDraft, keepDraft, readDraft } from "../../../console/new/draft.ts";
import { EMPTY_FORM } from "../../../console/new/form.ts";
import { copyText } from "../../../console/parts/copy.ts";
import { forgetKey, keepKey, readKey } from "../../../console/session/key.ts";

/** @param most characters of a value that it takes */
function storage(most: number) {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => {
      if (value.length > most) throw new Error("QuotaExceededError");
      values.set(name, value);
    },
    removeItem: (name: string) => values.delete(name),
  };
}

beforeEach(() => vi.stubGlobal("sessionStorage", storage(5_000)));

test("the key, until it is forgotten", () => {
  expect(readKey()).toBeUndefined();
  keepKey("secret");
  expect(readKey()).toBe("secret");
  forgetKey();
  expect(readKey()).toBeUndefined();
});

test("the draft, until it is forgotten, beside the key", () => {
  const form = { ...EMPTY_FORM, urls: "https://a.example/" };
  keepKey("secret");
  keepDraft(form);
  expect(readDraft()).toEqual(form);
  forgetDraft();
  expect(readDraft()).toEqual(EMPTY_FORM);
  expect(readKey()).toBe("secret");
});

test("a draft that is too large is not kept, nor the one before it", () => {
  keepDraft({ ...EMPTY_FORM, urls: "https://a.example/" });
  keepDraft({ ...EMPTY_FORM, urls: "x".repeat(5_001) });
  expect(readDraft()).toEqual(EMPTY_FORM);
});

test("a text is copied, or it is said that the browser may not", async () => {
  const writeText = vi.fn(async () => undefined);
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  expect(await copyText("curl …")).toBe(true);
  expect(writeText).toHaveBeenCalledWith("curl …");
  vi.stubGlobal("navigator", {});
  expect(await copyText("curl …")).toBe(false);
});
