import { useEffect, useRef, useState } from "preact/hooks";
import { forgetDraft, keepDraft, readDraft } from "./draft.ts";
import { EMPTY_FORM, type Form } from "./form.ts";
import { type Filled, filledFrom } from "./form-of-sent.ts";
import { takeHandover } from "./handover.ts";

/** A form of 60,000 URLs takes a while to be kept: not with every key. */
const REST_MS = 300;

/** So long what stood in the form before can be brought back. */
const UNDO_MS = 10_000;

/** What fills the form in place of the draft, once; undefined: nothing. */
export function takeFilled(): Filled | undefined {
  const handover = takeHandover();
  return handover === undefined ? undefined : filledFrom(handover);
}

/**
 * The form, kept in the tab when it rests and when the page or the view goes away. Another request may have filled it.
 * @param isAsking whether the question before sending hides the way back: its time does not pass, and a form that another request filled is
 * not kept in place of the draft
 */
export function useDraft(handedOver: Filled | undefined, isAsking: boolean) {
  const [filled, setFilled] = useState(handedOver);
  const [before] = useState(readDraft);
  const [form, setForm] = useState(filled?.form ?? before);
  /** What stood there before it was cleared, or filled by another request. */
  const [replaced, setReplaced] = useState(filled === undefined || isEmpty(before) ? undefined : before);
  useEffect(() => {
    if (replaced === undefined || isAsking) return;
    const timer = setTimeout(() => setReplaced(undefined), UNDO_MS);
    return () => clearTimeout(timer);
  }, [replaced, isAsking]);
  const latest = useRef(form);
  latest.current = form;
  const isPassing = useRef(false);
  isPassing.current = isAsking && form === filled?.form;
  const kept = useRef(before);
  const save = () => {
    if (kept.current === latest.current || isPassing.current) return;
    kept.current = latest.current;
    keepDraft(latest.current);
  };
  useEffect(() => {
    const timer = setTimeout(save, REST_MS);
    return () => clearTimeout(timer);
  }, [form, isAsking]);
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
    clear: () => {
      // What a first press has cleared can still be brought back.
      if (isEmpty(form)) return;
      setReplaced(form);
      setFilled(undefined);
      setForm(EMPTY_FORM);
    },
    /** Brings back what stood there before. Undefined: there is nothing, or ten seconds have passed. */
    undo:
      replaced === undefined
        ? undefined
        : () => {
            setForm(replaced);
            setFilled(undefined);
            setReplaced(undefined);
          },
    /** The request that filled the form, and what it could not fill. */
    filled,
    /** It was sent. A draft that another request took the place of comes back. */
    forget: () => {
      kept.current = latest.current;
      if (filled !== undefined && !isEmpty(before)) keepDraft(before);
      else forgetDraft();
    },
  };
}

function isEmpty(form: Form): boolean {
  // A draft that was kept has its fields in another order.
  return JSON.stringify({ ...EMPTY_FORM, ...form }) === JSON.stringify(EMPTY_FORM);
}
