import { useEffect, useRef, useState } from "preact/hooks";

/** How wide an element is, in CSS pixels. @param first until it is measured */
export function useWidth<T extends Element = SVGSVGElement>(first: number) {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(1, Math.round(element.getBoundingClientRect().width))));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}
