import type { Credentials } from '../builders/credentials.ts';
import type { Notice } from '../report/run-report.ts';

/**
 * Warns of hosts that are used although nobody vouches for their keys: in each run, and once for each host, since whoever asked for it should
 * see what it costs.
 */
export function warnOfUncheckedHosts(
  notice: (level: Notice['level'], title: string, message: string) => void,
): NonNullable<Credentials['onUncheckedHost']> {
  const told = new Set<string>();
  return (host, line) => {
    if (told.has(line)) return;
    told.add(line);
    notice(
      'warning',
      `The host key of ${host} was not checked`,
      `host_key_checking is off, so anybody in the network could have answered in its place. This line in known_hosts vouches for it: ${line}`,
    );
  };
}
