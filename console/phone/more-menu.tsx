import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { useReader } from "../session/reader.ts";

/** What has no room in the bar on top. It closes when something in it, or beside it, is pressed. */
export function MoreMenu({ children }: { readonly children: ComponentChildren }) {
  const { say } = useReader();
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const pressed = ({ target }: MouseEvent) => {
      const menu = ref.current;
      if (menu === null || !(target instanceof Element) || target.closest("summary")?.parentElement === menu) return;
      menu.open = false;
    };
    document.addEventListener("click", pressed);
    return () => document.removeEventListener("click", pressed);
  }, []);
  return (
    <details ref={ref} class="more-menu">
      <summary class="button plain" aria-label={say("more")}>
        <Icon name="more" />
      </summary>
      <div>{children}</div>
    </details>
  );
}
