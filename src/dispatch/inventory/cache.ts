import type { StorePath } from '../../nix/store-path.ts';
import type { Store } from '../stores/store.ts';

/** A store besides those of builders that may have what is wanted already. */
export interface Cache {
  /** As reports name it. */
  readonly name: string;
  /** Has only what may be trusted, as far as anybody can see. */
  readonly store: Store;
  /** Which of them it has. One that can't be asked has none. Never rejects. */
  has(paths: readonly StorePath[]): Promise<ReadonlySet<StorePath>>;
}
