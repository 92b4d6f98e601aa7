/** Deletes the texts that a person has written and not sent, and other data of theirs, from this
 * browser's storage. Every such key starts with `surelist.` and contains the person's id between
 * dots, such as `surelist.draft.ID.add`. A key without an id belongs to no person, and stays. */
export async function forgetWritten(personId: string): Promise<void> {
  for (const storage of ["sessionStorage", "localStorage"] as const) {
    try {
      const keys = Object.keys(window[storage]);
      for (const key of keys.filter((one) => isOf(one, personId))) window[storage].removeItem(key);
    } catch {
      continue; // nothing is stored
    }
  }
  await forgetDatabases(personId).catch(() => undefined);
}

/** IndexedDB databases are named by the same rule. */
async function forgetDatabases(personId: string): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (name && isOf(name, personId)) indexedDB.deleteDatabase(name);
  }
}

const isOf = (key: string, personId: string) =>
  key.startsWith("surelist.") && `${key}.`.includes(`.${personId}.`);
