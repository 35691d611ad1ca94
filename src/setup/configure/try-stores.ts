import type { ExposedStore } from '../../builders/expose/socket-store.ts';
import { openLocalHost } from '../../builders/local/local-host.ts';
import { runCommand } from '../../builders/run-command.ts';
import { DispatchError } from '../../errors.ts';

/**
 * Has this machine's own Nix talk with every store once: that proves the whole way, and shows how this Nix greets a daemon before the first
 * build has to wait for that.
 *
 * @throws DispatchError `local` when it reaches none of them
 */
export async function tryStores(stores: readonly ExposedStore[], say: (line: string) => void): Promise<void> {
  const host = openLocalHost('local', undefined);
  try {
    const failures = await Promise.all(
      stores.map(async ({ name, uri }) => {
        const words = [
          'nix',
          '--extra-experimental-features',
          'nix-command',
          'store',
          'ping',
          '--store',
          uri,
        ];
        const { code, stderr } = await runCommand(host, 'local', words);
        if (code === 0) return undefined;
        say(`${name}: Nix does not reach it: ${stderr.trim()}`);
        return stderr.trim();
      }),
    );
    const [first] = failures;
    if (first !== undefined && failures.every((failure) => failure !== undefined)) {
      throw new DispatchError('local', `Nix on this machine reaches none of the builders: ${first}`);
    }
  } finally {
    host.close();
  }
}
