/** Texts in the browser's storage. Where it is disabled or full, they last until the page is closed. */
class BrowserStorage {
  private readonly inMemory = new Map<string, string>();

  constructor(private readonly storage: () => Storage) {}

  read(key: string): string | null {
    const unstored = this.inMemory.get(key);
    if (unstored !== undefined) return unstored;
    try {
      return this.storage().getItem(key);
    } catch {
      return null;
    }
  }

  write(key: string, value: string): void {
    try {
      this.storage().setItem(key, value);
      this.inMemory.delete(key);
    } catch {
      this.inMemory.set(key, value);
    }
  }

  remove(key: string): void {
    this.inMemory.delete(key);
    try {
      this.storage().removeItem(key);
    } catch {
      // nothing is stored
    }
  }

  keys(prefix: string): string[] {
    const keys = new Set(this.inMemory.keys());
    try {
      for (const key of Object.keys(this.storage())) keys.add(key);
    } catch {
      // nothing is stored
    }
    return [...keys].filter((key) => key.startsWith(prefix));
  }
}

/** For this browser. */
export const browserStorage = new BrowserStorage(() => localStorage);

/** For this tab. */
export const tabStorage = new BrowserStorage(() => sessionStorage);
