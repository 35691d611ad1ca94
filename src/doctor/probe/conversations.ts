import { toDispatchError } from '../../errors.ts';
import type { OpenBuilder } from '../../builders/open-builder.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { SlotsProbe } from '../checks/machine.ts';

/** Nobody's machine is told by more than these. */
const mostTried = 64;

/** Holds as many conversations at once as a run with all slots busy would, and lets them go. Never rejects. */
export async function probeConversations(opened: OpenBuilder): Promise<SlotsProbe> {
  const { maxJobs } = opened.info;
  const tried = Math.min(maxJobs + 1, mostTried);
  const held: DaemonClient[] = [];
  let isOver = false;
  const take = async (): Promise<void> => {
    const client = await opened.acquire();
    if (isOver) opened.release(client);
    else held.push(client);
  };
  let refuse: (probe: SlotsProbe) => void = () => {};
  const refused = new Promise<SlotsProbe>((resolve) => {
    refuse = resolve;
  });
  opened.whenFull((conversations, reason) =>
    refuse({ maxJobs, tried, held: conversations, reason: reason.message }),
  );
  const all = Promise.all(Array.from({ length: tried }, take)).then(
    (): SlotsProbe => ({ maxJobs, tried, held: held.length, reason: undefined }),
    (thrown: unknown): SlotsProbe => ({
      maxJobs,
      tried,
      held: Math.max(1, held.length),
      reason: toDispatchError(thrown, 'unreachable').message,
    }),
  );
  const probe = await Promise.race([refused, all]);
  isOver = true;
  for (const client of held) opened.release(client);
  return probe;
}
