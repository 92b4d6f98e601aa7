/** jsdom has no media queries: none matches. */
if (typeof window !== "undefined" && typeof window.matchMedia !== "function") {
  Object.assign(window, {
    matchMedia: (media: string) => Object.assign(new EventTarget(), { media, matches: false }),
  });
}
