"use client";

import { type ComponentType, useEffect, useState } from "react";

const MS_BEFORE_NEXT_TRY = 2_000;

/** A component whose code is loaded when it is first rendered, or by `preload` before. Until then it
 * renders nothing. Without a network it tries again. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> & { preload: () => void } {
  let loading: Promise<ComponentType<Props>> | null = null;
  let loaded: ComponentType<Props> | null = null;
  const get = () => {
    loading ??= load().then(
      (component) => (loaded = component),
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };

  function Later(props: Props) {
    const [Component, setComponent] = useState(() => loaded);
    const [tries, setTries] = useState(0);
    useEffect(() => {
      if (Component) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let gone = false;
      get().then(
        (component) => !gone && setComponent(() => component),
        () => !gone && (timer = setTimeout(() => setTries(tries + 1), MS_BEFORE_NEXT_TRY)),
      );
      return () => {
        gone = true;
        clearTimeout(timer);
      };
    }, [Component, tries]);
    return Component ? <Component {...props} /> : null;
  }

  const preload = () => void get().catch(() => undefined);
  return Object.assign(Later, { preload });
}

/** Preloads when the page has nothing else to do, so that it is there without a network too. */
export function usePreloaded({ preload }: { preload: () => void }): void {
  useEffect(() => {
    if (!("requestIdleCallback" in window)) {
      const timer = setTimeout(preload, MS_BEFORE_NEXT_TRY);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(preload);
    return () => cancelIdleCallback(idle);
  }, [preload]);
}
