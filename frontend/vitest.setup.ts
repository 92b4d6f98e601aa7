/** jsdom has no media queries: none matches. */
if (typeof window !== "undefined" && !("matchMedia" in window)) {
  Object.assign(window, {
    matchMedia: (media: string) => Object.assign(new EventTarget(), { media, matches: false }),
  });
}
