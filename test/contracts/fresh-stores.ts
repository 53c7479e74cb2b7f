import { afterEach, beforeEach } from 'vitest';
import type { Store } from '#ports/store.ts';

/** A fresh database; `open` gives one more store on it. */
export interface StoreDatabase extends AsyncDisposable {
  open(options?: { now?: () => Date }): Promise<Store>;
}

/** Before each test a fresh database with one store on it, and further ones as a test asks for them; all closed after it. */
export function freshStores(make: () => Promise<StoreDatabase>): { store: () => Store; another: StoreDatabase['open'] } {
  let database: StoreDatabase;
  let open: Store[] = [];
  const another: StoreDatabase['open'] = async options => {
    const opened = await database.open(options);
    open.push(opened);
    return opened;
  };
  beforeEach(async () => {
    database = await make();
    open = [];
    await another();
  });
  afterEach(async () => {
    for (const each of open) await each[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  return { store: () => open[0] as Store, another };
}
