/** The bounds of openapi.json, in characters or items. Written by: npm run generate */
export const LIMITS = {
  title: 200,
  description: 10000,
  tag: 50,
  tags: 20,
  search: 200,
  page: 200,
  keyName: 40,
} as const;
