import { useEffect, useRef, useState } from "preact/hooks";
import { forgetDraft, keepDraft, readDraft } from "./draft.ts";
import { EMPTY_FORM, type Form } from "./form.ts";

/** A form of 60,000 URLs takes a while to be kept: not with every key. */
const REST_MS = 300;

/** The form, kept in the tab when it rests and when the page or the view goes away. */
export function useDraft() {
  const [form, setForm] = useState(readDraft);
  const latest = useRef(form);
  latest.current = form;
  const kept = useRef(form);
  const save = () => {
    if (kept.current === latest.current) return;
    kept.current = latest.current;
    keepDraft(latest.current);
  };
  useEffect(() => {
    const timer = setTimeout(save, REST_MS);
    return () => clearTimeout(timer);
  }, [form]);
  useEffect(() => {
    window.addEventListener("pagehide", save);
    return () => {
      window.removeEventListener("pagehide", save);
      save();
    };
  }, []);
  return {
    form,
    change: (part: Partial<Form>) => setForm((before) => ({ ...before, ...part })),
    clear: () => setForm(EMPTY_FORM),
    /** It was sent. */
    forget: () => {
      kept.current = latest.current;
      forgetDraft();
    },
  };
}
