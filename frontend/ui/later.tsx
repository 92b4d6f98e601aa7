"use client";

import { type ComponentType, useEffect, useState } from "react";

const MS_BEFORE_NEXT_TRY = 2_000;
const MS_UNTIL_SHOWN = 3_000;

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

let tellShown: () => void;
const firstShown = new Promise<void>((done) => (tellShown = done));

/** Tells whether the page shows what it is for: parts for later are not preloaded before. */
export function useShown(shown: boolean): void {
  useEffect(() => {
    if (shown) tellShown();
  }, [shown]);
}

/** Preloads when the page shows what it is for and has nothing else to do, so that the part is there
 * without a network too. */
export function usePreloaded({ preload }: { preload: () => void }): void {
  useEffect(() => {
    let gone = false;
    const shown = Promise.race([firstShown, wait(MS_UNTIL_SHOWN)]);
    void shown.then(whenIdle).then(() => gone || preload());
    return () => void (gone = true);
  }, [preload]);
}

const wait = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

function whenIdle(): Promise<void> {
  if (!("requestIdleCallback" in window)) return wait(MS_BEFORE_NEXT_TRY);
  return new Promise((done) => requestIdleCallback(() => done()));
}
